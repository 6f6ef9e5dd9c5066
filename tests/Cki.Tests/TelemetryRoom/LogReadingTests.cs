using Cki.Adapters;
using Cki.Tool;
using Cki.Tool.Telemetry;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

public sealed class LogReadingTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly string _directory = Directory.CreateTempSubdirectory("cki-logs-").FullName;
    private readonly FakeTimeProvider _clock = new(s_noon);

    private LogFiles Files => new(new LogFileOptions(_directory), _clock);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_run_s_story_is_its_lines_in_the_order_of_time_over_days()
    {
        using LogFiles files = Files;
        files.Write(Line("detected", ("run_id", "linux-main-aaa"), ("correlation_id", "d-1")));
        files.Write(Line("another's", ("run_id", "linux-main-bbb")));
        files.Write("no log line at all");
        _clock.Advance(TimeSpan.FromDays(1));
        files.Write(Line("settled", ("run_id", "linux-main-aaa"), ("correlation_id", "d-1")));
        Assert.Equal(["detected", "settled"], await MessagesAsync(new LogQuery(null) { Run = "linux-main-a" }));
        Assert.Equal(["settled"], await MessagesAsync(new LogQuery(s_noon.AddHours(1)) { Run = "linux-main-a" }));
        Assert.Equal(["detected", "settled"], await MessagesAsync(new LogQuery(null) { Correlation = "d-1" }));
        files.Write(Line("a job's own webhook", ("delivery", "d-2"), ("correlation_id", "d-2"), ("announced_by", "d-1")));
        Assert.Equal(["detected", "settled", "a job's own webhook"], await MessagesAsync(new LogQuery(null) { Correlation = "d-1" }));
        Assert.Equal(["another's"], await MessagesAsync(new LogQuery(null) { Grep = LogQuery.Pattern("WARN.*an[aeo]ther") }));
        Assert.Empty(await MessagesAsync(new LogQuery(null) { Run = "main" }));
    }

    [Fact]
    public async Task Following_goes_on_with_what_is_written_later_also_in_a_next_file_and_not_with_half_a_line()
    {
        using LogFiles files = Files;
        files.Write(Line("one"));
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<HumanLine> lines = new LogFileReading(_directory, _clock).ReadAsync(new LogQuery(null) { IsFollowing = true }, stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await lines.MoveNextAsync());
        ValueTask<bool> next = lines.MoveNextAsync();
        await PassAsync(3);
        Assert.False(next.IsCompleted);
        files.Write(Line("two"));
        await PassAsync(3);
        Assert.True(await next);
        Assert.Equal("two", lines.Current.Message);
        next = lines.MoveNextAsync();
        _clock.Advance(TimeSpan.FromDays(1));
        files.Write(Line("three"));
        await PassAsync(3);
        Assert.True(await next);
        Assert.Equal("three", lines.Current.Message);
        next = lines.MoveNextAsync();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task No_directory_is_no_lines() =>
        Assert.Empty(await new LogFileReading(Path.Combine(_directory, "none"), _clock).ReadAsync(new LogQuery(null), CancellationToken.None).ToListAsync());

    [Fact]
    public void A_function_s_line_becomes_one_for_people()
    {
        const string json = """{"timestamp":"2026-11-22T12:00:00.000Z","level":"Warning","message":"It\nfailed","service":"watch","name":"cki.watch","cold_start":false,"correlation_id":"d-1","run_id":"r-1","exception":{"type":"System.FormatException","message":"no","stack_trace":"at X"}}""";
        Assert.Equal(
            "2026-11-22T12:00:00.000Z|WARN |cki.watch|It\\nfailed|correlation_id=d-1 run_id=r-1 exception=\"System.FormatException: no\\nat X\"",
            StackLogReading.Line(new LogEvent("1", s_noon, json))!.Format(t => t).Replace('\t', '|'));
    }

    [Theory]
    [InlineData("REPORT RequestId: 1 Duration: 2 ms\n", "REPORT RequestId: 1 Duration: 2 ms")]
    [InlineData("{ torn", "{ torn")]
    [InlineData("""{"log":"access","status":"202"}""", """{"log":"access","status":"202"}""")]
    public void What_aws_says_itself_is_shown_as_it_is(string message, string shown) =>
        Assert.Equal(("aws", shown), (StackLogReading.Line(new LogEvent("1", s_noon, message))!.Logger, StackLogReading.Line(new LogEvent("1", s_noon, message))!.Message));

    [Fact]
    public void Metrics_among_the_lines_are_left_out() => Assert.Null(StackLogReading.Line(new LogEvent("1", s_noon, """{"_aws":{"Timestamp":1},"stack":"x"}""")));

    [Fact]
    public void A_time_and_a_duration_say_since_when()
    {
        Assert.Equal(s_noon.AddHours(-2), LogsVerb.Since("2h", s_noon));
        Assert.Equal(s_noon, LogsVerb.Since("2026-11-22T12:00:00Z", s_noon.AddDays(3)));
        Assert.Equal("--since yesterday: not a duration such as 90s, 5m, 2h or 3d", Assert.Throws<BadInputException>(() => LogsVerb.Since("yesterday", s_noon)).Message);
        Assert.StartsWith("--grep (: ", Assert.Throws<BadInputException>(() => LogQuery.Pattern("(")).Message, StringComparison.Ordinal);
    }

    private string Line(string message, params (string Key, string Value)[] fields) =>
        new HumanLine(_clock.GetUtcNow(), "WARN", "cki.test", message, [.. fields.Select(f => KeyValuePair.Create(f.Key, f.Value))]).Format(t => t);

    private async Task<IReadOnlyList<string>> MessagesAsync(LogQuery query) =>
        [.. (await new LogFileReading(_directory, _clock).ReadAsync(query, CancellationToken.None).ToListAsync()).Select(l => l.Message)];

    /// <summary>A follower's glances; each lets what it began come to its next wait.</summary>
    private async Task PassAsync(int glances)
    {
        for (int n = 0; n < glances; n++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
            _clock.Advance(TimeSpan.FromMilliseconds(300));
        }
    }
}
