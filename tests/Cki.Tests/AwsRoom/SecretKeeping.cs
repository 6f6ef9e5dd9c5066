using Cki.Adapters;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AwsRooms;

public sealed class SecretKeeping
{
    private readonly FakeTimeProvider clock = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_secrets_come_with_one_call_and_serve_for_minutes()
    {
        await using StandIn aws = await StandIn.StartAsync(Page("gitlab-token", "one"));
        SsmSecrets secrets = Secrets(aws);
        Assert.Equal("one", await secrets.GetAsync("gitlab-token", Stop));
        clock.Advance(TimeSpan.FromMinutes(3.9));
        Assert.Null(await secrets.GetAsync("another", Stop));
        Asked asked = Assert.Single(aws.Asked);
        Assert.Equal("AmazonSSM.GetParametersByPath", asked.Target);
        Assert.Equal("""{"MaxResults":10,"Path":"/cki/dev/secrets","WithDecryption":true}""", asked.Body);
    }

    [Fact]
    public async Task A_changed_secret_counts_after_six_minutes()
    {
        await using StandIn aws = await StandIn.StartAsync(Page("gitlab-token", "one"), Page("gitlab-token", "two"));
        SsmSecrets secrets = Secrets(aws);
        await secrets.GetAsync("gitlab-token", Stop);
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("two", await secrets.GetAsync("gitlab-token", Stop));
    }

    [Fact]
    public async Task Further_pages_are_read()
    {
        await using StandIn aws = await StandIn.StartAsync(Page("a", "1", next: "more"), Page("b", "2"));
        SsmSecrets secrets = Secrets(aws);
        Assert.Equal(("1", "2"), (await secrets.GetAsync("a", Stop), await secrets.GetAsync("b", Stop)));
        Assert.Contains("\"NextToken\":\"more\"", aws.Asked[1].Body);
    }

    [Fact]
    public async Task Many_at_once_ask_once()
    {
        await using StandIn aws = await StandIn.StartAsync(Page("a", "1"));
        SsmSecrets secrets = Secrets(aws);
        string?[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => secrets.GetAsync("a", Stop)));
        Assert.All(all, value => Assert.Equal("1", value));
        Assert.Single(aws.Asked);
    }

    [Fact]
    public async Task Old_secrets_serve_on_while_the_store_refuses_and_it_is_not_asked_each_time()
    {
        await using StandIn aws = await StandIn.StartAsync(Page("a", "1"), new Told(500, """{"__type":"InternalServerError"}"""));
        SsmSecrets secrets = Secrets(aws);
        await secrets.GetAsync("a", Stop);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("1", await secrets.GetAsync("a", Stop));
        Assert.Equal("1", await secrets.GetAsync("a", Stop));
        Assert.Equal(2, aws.Asked.Count);
        aws.Tells(Page("a", "new"));
        clock.Advance(TimeSpan.FromSeconds(37));
        Assert.Equal("new", await secrets.GetAsync("a", Stop));
    }

    [Fact]
    public async Task Without_any_the_refusal_is_told_and_the_next_asker_tries_anew()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(400, """{"__type":"AccessDeniedException","message":"no"}"""), Page("a", "1"));
        SsmSecrets secrets = Secrets(aws);
        var refused = await Assert.ThrowsAsync<SecretsUnavailableException>(() => secrets.GetAsync("a", Stop));
        Assert.Equal("Secrets under /cki/dev/secrets/: 400 AccessDeniedException: no", refused.Message);
        Assert.Equal("1", await secrets.GetAsync("a", Stop));
    }

    [Fact]
    public async Task One_askers_impatience_does_not_end_the_others_wait()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(0), Page("a", "1"));
        SsmSecrets secrets = Secrets(aws);
        using var impatient = new CancellationTokenSource();
        Task<string?> first = secrets.GetAsync("a", impatient.Token), second = secrets.GetAsync("a", Stop);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        while (!second.IsCompleted)
        {
            await Task.WhenAny(second, Task.Delay(20, Stop));
            clock.Advance(TimeSpan.FromSeconds(0.5));
        }
        Assert.Equal("1", await second);
    }

    private SsmSecrets Secrets(StandIn aws) => new(aws.Session(clock), () => "/cki/dev/secrets/", NullLogger.Instance);

    private static Told Page(string name, string value, string? next = null) => new(
        200, $$"""{"Parameters":[{"Name":"/cki/dev/secrets/{{name}}","Type":"SecureString","Value":"{{value}}"}]{{(next is null ? "" : $",\"NextToken\":\"{next}\"")}}}""");
}
