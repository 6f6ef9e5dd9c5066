using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Xunit;

namespace Cki.Contract.Tests.Chat;

/// <summary>Our chat channels against peers that keep the limits of Slack's documentation and irccat's rules; IRC's lines as a real server shows them.</summary>
public sealed class ChatByPeers(IrcServer irc) : IClassFixture<IrcServer>
{
    private static readonly string s_long = string.Concat(Enumerable.Repeat("net/core/dev.c:6420:17: error: 'struct <foo> & priv' has no member\n", 20_000));

    /// <summary>Subjects as strangers would like them to be.</summary>
    private static readonly string[] s_hostile =
    [
        "[CKI] FAIL build arm64: net-next 7c2e11d0a9b3 (%TOPIC #kernel owned)", "[CKI] FAIL (%RED red %BOLD bold)", "[CKI] FAIL (@everyone <!here> <@U1>)", "%TOPIC #kernel owned", "#other hijacked",
        "@reader psst", "[CKI] FAIL (a\r\nPRIVMSG #other :second line\r\nTOPIC #kernel :owned)", "[CKI] FAIL (\u0001ACTION waves\u0001\u000304red\u0002bold\u001b[31m)",
        "[CKI] FAIL (שלום \u202Egnp.exe 👩‍👩‍👧 日本語)", "[CKI] FAIL " + new string('x', 1 << 20), "[CKI] FAIL " + string.Concat(Enumerable.Repeat("🐧", 1000)),
    ];

    private static CancellationToken Canceled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Irccat_and_a_real_server_show_one_harmless_line_for_each_report()
    {
        await using ChatPeer peer = await ChatPeer.StartAsync(irc.Port);
        using IrcReader reader = await irc.ReaderAsync(Canceled);
        IReportChannel channel = Channel(new ChannelConfig.Irc("irc", new Uri(peer.Address, "send"), IrcForm.Irccat, null, "token"));
        foreach (string subject in s_hostile)
            Assert.IsType<ChannelOutcome.Sent>(await channel.SendAsync(Report(subject), Canceled));
        await channel.SendAsync(Report("[CKI] the end"), Canceled);
        List<string> seen = await reader.SeenUntilAsync("the end", Canceled);
        Assert.Equal(s_hostile.Length + 1, seen.Count);
        Assert.All(seen, line => Assert.StartsWith("PRIVMSG #kernel :[CKI] ", line));
        Assert.All(seen, line => Assert.DoesNotContain(line, char.IsControl));
        Assert.All(seen, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 420));
        Assert.Equal("PRIVMSG #kernel :[CKI] FAIL build arm64: net-next 7c2e11d0a9b3 (% TOPIC #kernel owned)", seen[0]);
        Assert.Equal("PRIVMSG #kernel :[CKI] #other hijacked", seen[4]);
        Assert.Equal("PRIVMSG #kernel :[CKI] FAIL (a PRIVMSG #other :second line TOPIC #kernel :owned)", seen[6]);
    }

    [Fact]
    public async Task A_target_and_the_chat_bots_form_reach_their_channels()
    {
        await using ChatPeer peer = await ChatPeer.StartAsync(irc.Port);
        using IrcReader reader = await irc.ReaderAsync(Canceled);
        await Channel(new ChannelConfig.Irc("irc", new Uri(peer.Address, "send"), IrcForm.Irccat, "#other", null)).SendAsync(Report("[CKI] PASS to the other"), Canceled);
        await Channel(new ChannelConfig.Irc("bot", new Uri(peer.Address, "message"), IrcForm.Chatbot, null, null)).SendAsync(Report("[CKI] PASS by the bot"), Canceled);
        Assert.Equal(["PRIVMSG #other :[CKI] PASS to the other", "PRIVMSG #kernel :[CKI] PASS by the bot"], await reader.SeenUntilAsync("by the bot", Canceled));
    }

    /// <summary>What the lines above are kept from: the bridge and the server do what they are told.</summary>
    [Fact]
    public async Task The_same_words_unguarded_are_commands()
    {
        await using ChatPeer peer = await ChatPeer.StartAsync(irc.Port);
        using IrcReader reader = await irc.ReaderAsync(Canceled);
        using HttpClient http = OutboundHttp.Create();
        await http.PostAsync(new Uri(peer.Address, "send"), new StringContent("%TOPIC #kernel owned\n#other hijacked\n%REDred"), Canceled);
        Assert.Equal(["TOPIC #kernel :owned", "PRIVMSG #other :hijacked", "PRIVMSG #kernel :\u000304red"], await reader.SeenUntilAsync("\u000304red", Canceled));
    }

    [Fact]
    public async Task Slack_takes_hostile_and_huge_reports_within_its_limits()
    {
        await using ChatPeer peer = await ChatPeer.StartAsync();
        IReportChannel channel = Channel(Bot(peer));
        string first = await TakenAsync(channel, Report("[CKI] FAIL " + s_hostile[2]) with { Text = s_long });
        await TakenAsync(channel, Report(s_hostile[^1]) with { Text = s_hostile[^1], ThreadPeerId = first, Kind = "correction-1" });
        await TakenAsync(Channel(new ChannelConfig.Slack("hook", "url", null, null), peer), Report("[CKI] PASS mainline/main 4f1a9c02e7d1"));
        IReadOnlyList<JsonNode> taken = peer.Slack;
        Assert.Equal((null, first, null), ((string?)taken[0]["thread_ts"], (string?)taken[1]["thread_ts"], (string?)taken[2]["thread_ts"]));
        Assert.True((bool)taken[1]["reply_broadcast"]!);
        Assert.Equal("PASS mainline/main 4f1a9c02e7d1", (string?)taken[2]["blocks"]![0]!["text"]!["text"]);
    }

    [Fact]
    public async Task Slack_that_is_busy_or_out_for_lunch_has_every_report_in_the_end()
    {
        await using ChatPeer peer = await ChatPeer.StartAsync(hasTrouble: true);
        IReportChannel channel = Channel(Bot(peer));
        for (int n = 0; n < 6; n++)
            await TakenAsync(channel, Report($"[CKI] PASS {n}"));
        Assert.Equal(Enumerable.Range(0, 6).Select(n => $"[CKI] PASS {n}"), peer.Slack.Select(m => (string)m["text"]!));
    }

    [Fact]
    public async Task Refusals_tell_what_a_person_can_mend_from_what_nobody_can()
    {
        await using ChatPeer peer = await ChatPeer.StartAsync();
        Assert.Equal(
            new ChannelOutcome.Refused("slack bot: channel_not_found", Permanent: true), await Channel(Bot(peer) with { Conversation = "C404" }).SendAsync(Report("x"), Canceled));
        Assert.Equal(
            new ChannelOutcome.Refused("slack bot: invalid_auth", Permanent: false), await Channel(Bot(peer) with { TokenSecret = "wrong" }).SendAsync(Report("x"), Canceled));
        var hook = new ChannelConfig.Slack("hook", "gone", null, null);
        Assert.Equal(new ChannelOutcome.Refused("slack hook: 410 channel_is_archived", Permanent: true), await Channel(hook, peer).SendAsync(Report("x"), Canceled));
        Assert.Equal(new ChannelOutcome.Refused("slack hook: 404 no_service", Permanent: true), await Channel(hook with { UrlSecret = "other" }, peer).SendAsync(Report("x"), Canceled));
    }

    /// <summary>As the courier does: again after what the peer asked for.</summary>
    private static async Task<string> TakenAsync(IReportChannel channel, OutgoingReport report)
    {
        while (true)
        {
            ChannelOutcome outcome = await channel.SendAsync(report, Canceled);
            if (outcome is ChannelOutcome.Sent sent)
                return sent.PeerId;
            ChannelOutcome.Unavailable busy = Assert.IsType<ChannelOutcome.Unavailable>(outcome);
            await Task.Delay(busy.RetryAfter ?? TimeSpan.FromSeconds(1), Canceled);
        }
    }

    private static ChannelConfig.Slack Bot(ChatPeer peer) => new("bot", null, "token", "C1") { Api = new Uri(peer.Address, "api/") };

    private static IReportChannel Channel(ChannelConfig config, ChatPeer? peer = null)
    {
        var secrets = new Dictionary<string, string> { ["token"] = "right", ["wrong"] = "xoxb-wrong" };
        foreach ((string name, string path) in new[] { ("url", "right"), ("gone", "archived"), ("other", "other") })
            secrets[name] = new Uri(peer?.Address ?? new Uri("http://127.0.0.1/"), $"services/T/B/{path}").AbsoluteUri;
        return ReportChannels.Create(config, OutboundHttp.Create(), new ChatSecrets(secrets), TimeProvider.System)!;
    }

    private static OutgoingReport Report(string subject) => new("run-1-final-1", "final-1", subject, "Result       PASS\n\n-- \nCKI Serverless\n", "run-1@example.org", "{}");
}
