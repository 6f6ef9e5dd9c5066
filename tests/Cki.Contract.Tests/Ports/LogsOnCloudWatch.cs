using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tool.Telemetry;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>The lines of a stack, from a CloudWatch Logs that we did not write.</summary>
[Collection(OnMoto.Name)]
public sealed class LogsOnCloudWatch(Moto moto) : IAsyncLifetime
{
    private readonly string group = $"/aws/vendedlogs/cki/{Guid.NewGuid():n}";
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();
    private readonly AwsSession session = moto.Server.Session();
    private readonly Peers.AwsCalls aws = new(moto.Server.Address);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await aws.CallAsync("logs", "CreateLogGroup", new JsonObject { ["logGroupName"] = group });
        foreach (string stream in (string[])["intake", "herding"])
            await aws.CallAsync("logs", "CreateLogStream", new JsonObject { ["logGroupName"] = group, ["logStreamName"] = stream });
    }

    public ValueTask DisposeAsync()
    {
        session.Dispose();
        aws.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_run_s_lines_come_from_all_streams_and_others_do_not()
    {
        await PutAsync("intake", -90, Line("taken", ("delivery", "d-1"), ("correlation_id", "d-1")), """{"_aws":{"Timestamp":1},"run_id":"r-1"}""", "START RequestId: 1");
        await PutAsync("herding", -60, Line("decided", ("run_id", "r-1"), ("correlation_id", "d-1")), Line("another's", ("run_id", "r-2")), Line("speaks of r-1"));

        Assert.Equal(["decided"], await MessagesAsync(new LogQuery(null) { Run = "r-1" }));
        Assert.Equal(["decided", "taken"], (await MessagesAsync(new LogQuery(null) { Correlation = "d-1" })).Order(StringComparer.Ordinal));
        Assert.Equal(["START RequestId: 1"], await MessagesAsync(new LogQuery(null) { Grep = LogQuery.Pattern("START") }));
        Assert.Equal(["another's", "decided", "speaks of r-1"], (await MessagesAsync(new LogQuery(now.AddSeconds(-75)))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task More_than_a_page_is_read_whole_and_once()
    {
        string[] messages = [.. Enumerable.Range(0, 250).Select(n => $"line {n:000}")];
        await PutAsync("herding", -60, [.. messages.Select(m => Line(m))]);
        var seen = new List<LogEvent>();
        await foreach (LogEvent happened in new LogEvents(session, group).ReadAsync(now.AddHours(-1), null, Stop))
            seen.Add(happened);
        Assert.Equal(250, seen.Select(e => e.Id).Distinct().Count());
        Assert.Equal(messages, await MessagesAsync(new LogQuery(null)));
    }

    [Fact]
    public async Task Following_shows_what_comes_later_once()
    {
        await PutAsync("intake", -5, Line("one"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var seen = new List<string>();
        await foreach (HumanLine line in Reading.ReadAsync(new LogQuery(null) { IsFollowing = true }, stop.Token))
        {
            seen.Add(line.Message);
            if (seen.Count == 2)
                break;
            await PutAsync("intake", -2, Line("two"));
        }
        Assert.Equal(["one", "two"], seen);
    }

    [Fact]
    public async Task A_group_that_is_not_there_is_said()
    {
        var events = new LogEvents(session, "/none");
        AwsUnavailableException no = await Assert.ThrowsAsync<AwsUnavailableException>(async () => await events.ReadAsync(now, null, Stop).ToListAsync(Stop));
        Assert.StartsWith("FilterLogEvents of /none: ResourceNotFoundException", no.Message, StringComparison.Ordinal);
    }

    private StackLogReading Reading => new(new LogEvents(session, group), TimeProvider.System);

    private static string Line(string message, params (string Key, string Value)[] fields)
    {
        var line = new JsonObject { ["timestamp"] = "2026-11-22T12:00:00.000Z", ["level"] = "Information", ["message"] = message, ["name"] = "cki.test" };
        foreach ((string key, string value) in fields)
            line[key] = value;
        return line.ToJsonString();
    }

    private async Task<IReadOnlyList<string>> MessagesAsync(LogQuery query) => [.. (await Reading.ReadAsync(query, Stop).ToListAsync(Stop)).Select(l => l.Message)];

    private Task PutAsync(string stream, int seconds, params string[] messages) => aws.CallAsync("logs", "PutLogEvents", new JsonObject
    {
        ["logGroupName"] = group,
        ["logStreamName"] = stream,
        ["logEvents"] = new JsonArray([.. messages.Select((message, n) => (JsonNode)new JsonObject { ["timestamp"] = now.AddSeconds(seconds).AddMilliseconds(n).ToUnixTimeMilliseconds(), ["message"] = message })]),
    });
}
