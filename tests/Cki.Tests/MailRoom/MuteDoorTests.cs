using System.Text;
using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class MuteDoorTests
{
    private const string Secret = "0123456789abcdef";
    private static readonly MuteLink Link = new("developers", A.Tree().Name, "*", "jane@example.org", A.Noon.AddDays(90));

    private readonly InMemoryPorts _world = new(DistributionTests.Config(c => c with { MuteKeySecret = "mute-key" }));
    private readonly WebhookDoor _door;

    public MuteDoorTests()
    {
        _world.Secrets.Values["mute-key"] = Secret;
        _door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door;
    }

    private Task<DoorAnswer> AskAsync(string method, MuteLink link, string body = "", string key = Secret) =>
        AskAsync(method, $"/mute/{link.Token(Encoding.UTF8.GetBytes(key))}", body);

    private Task<DoorAnswer> AskAsync(string method, string path, string body = "") =>
        _door.ReceiveAsync(new DoorRequest(method, path, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(body)), CancellationToken.None);

    [Fact]
    public async Task Looking_at_a_link_does_nothing_and_shows_what_it_would_do()
    {
        DoorAnswer answer = await AskAsync("GET", Link);
        Assert.Equal(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Stop these mails?</title>
            </head>
            <body><main><h1>Stop these mails?</h1>
            <p>Mails to jane@example.org of tree mainline.</p>
            <form method="post"><button name="days" value="90" type="submit">Stop them for 90 days</button>

            <button name="days" value="30" type="submit">Stop them for 30 days</button>

            <button name="days" value="7" type="submit">Stop them for 7 days</button>

            <button name="days" value="0" type="submit">Let them come again</button>

            </form>
            <p>Nobody else is concerned: operators and the board go on, and so do the tests.</p>
            </main>
            </body>
            </html>

            """,
            answer.Body);
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            [
                "Cache-Control: no-store", "Content-Security-Policy: default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                "Content-Type: text/html; charset=utf-8", "Referrer-Policy: no-referrer", "X-Content-Type-Options: nosniff", "X-Robots-Tag: noindex",
            ],
            answer.Headers.Select(h => $"{h.Key}: {h.Value}").Order(StringComparer.Ordinal));
        Assert.Equal(answer.Body, (await AskAsync("HEAD", Link)).Body);
        Assert.Empty(_world.Queue.Sent);
        Assert.Empty(_world.Store.Keys);
    }

    [Theory]
    [InlineData("List-Unsubscribe=One-Click", 90)]
    [InlineData("days=30", 30)]
    [InlineData("days=7", 7)]
    [InlineData("days=0", 0)]
    [InlineData("days=36500", 90)]
    [InlineData("", 90)]
    public async Task A_press_of_the_button_asks_Reporting_for_the_mute(string form, int days)
    {
        DoorAnswer answer = await AskAsync("POST", Link, form);
        Assert.Equal((200, true), (answer.Status, answer.Body.Contains(days == 0 ? "Mails come again" : "<h1>Muted</h1>", StringComparison.Ordinal)));
        Assert.Equal([new MuteAsked(A.Tree().Name, "*", "jane@example.org", A.Noon, A.Noon.AddDays(days))], _world.Queue.Messages<MuteAsked>());
    }

    [Fact]
    public async Task What_was_not_signed_by_the_channel_s_key_is_none_of_ours()
    {
        string genuine = Link.Token(Encoding.UTF8.GetBytes(Secret));
        foreach (string path in new[] { "/mute/", "/mute/x", "/mute/x.y", $"/mute/{genuine[..^1]}", $"/mute/{genuine}/", $"/mute/{new string('A', 100_000)}.AAAA" })
            Assert.Equal(404, (await AskAsync("POST", path)).Status);
        Assert.Equal(404, (await AskAsync("POST", Link, key: "fedcba9876543210")).Status);
        Assert.Equal(404, (await AskAsync("POST", Link with { Channel = "operators" })).Status);
        Assert.Equal(404, (await AskAsync("POST", Link with { Channel = "gone" })).Status);
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public async Task A_link_runs_out()
    {
        Assert.Equal(410, (await AskAsync("POST", Link with { Until = A.Noon })).Status);
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public async Task Any_key_of_the_secret_will_do_while_it_is_changed()
    {
        _world.Secrets.Values["mute-key"] = $"fedcba9876543210 {Secret}";
        Assert.Equal(200, (await AskAsync("POST", Link)).Status);
    }

    [Fact]
    public async Task Secrets_or_a_queue_that_cannot_be_reached_are_told_as_not_now()
    {
        _world.Secrets.Unreadable = true;
        DoorAnswer answer = await AskAsync("POST", Link);
        Assert.Equal((503, "30"), (answer.Status, answer.Headers["Retry-After"]));
        _world.Secrets.Unreadable = false;
        _world.Queue.Before = _ => throw new InvalidOperationException("down");
        Assert.Equal(503, (await AskAsync("POST", Link)).Status);
    }

    [Theory]
    [InlineData("PUT", 405)]
    [InlineData("DELETE", 405)]
    public async Task Other_methods_are_not_allowed(string method, int status)
    {
        DoorAnswer answer = await AskAsync(method, Link);
        Assert.Equal((status, "GET, HEAD, POST"), (answer.Status, answer.Headers["Allow"]));
    }

    [Fact]
    public async Task Hostile_names_are_harmless_on_the_page()
    {
        DoorAnswer answer = await AskAsync("GET", Link with { Pattern = "\"><script>alert(1)</script>\u202e", Address = "a@b<img src=x>" });
        Assert.DoesNotContain("<script", answer.Body);
        Assert.DoesNotContain("<img", answer.Body);
        Assert.DoesNotContain("\u202e", answer.Body);
    }

    [Fact]
    public async Task A_long_form_is_not_read() => Assert.Equal(413, (await AskAsync("POST", Link, new string('x', 5000))).Status);
}
