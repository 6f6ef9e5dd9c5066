using Cki.Adapters;
using Cki.Tool.Telemetry;
using CsCheck;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.TelemetryRooms;

public sealed partial class HumanLineTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private readonly List<string> _lines = [];
    private readonly List<LoggedError> _noted = [];
    private readonly Scrubber _scrubber = new();
    private readonly FakeTimeProvider _clock = new(s_noon);

    private ILogger Log => new HumanLogs([new LogSink(LogLevel.Information, _lines.Add)], _scrubber, _clock, _noted.Add).CreateLogger("cki.herding");

    [Fact]
    public void A_line_has_time_level_logger_message_and_ids()
    {
        using (Trail.Begin(new Trail("d-1") { Delivery = "d-1", Tree = "mainline", Job = "h/a/jobs/1" }))
            Retried(Log, "run-1", "gitlab.example/a/b/jobs/7");
        Assert.Equal(
            ["2026-11-22T12:00:00.000Z\tINFO \tcki.herding\tJob gitlab.example/a/b/jobs/7 of run-1 is retried\tcorrelation_id=d-1 run_id=run-1 job=gitlab.example/a/b/jobs/7 tree=mainline delivery=d-1"],
            _lines);
    }

    [Fact]
    public void Who_announced_the_run_is_told_where_something_else_began_the_work()
    {
        using (Trail.Begin(new Trail("d-2") { AnnouncedBy = "d-1" }))
            Retried(Log, "run-1", "gitlab.example/a/b/jobs/7");
        using (Trail.Begin(new Trail("d-1") { AnnouncedBy = "d-1" }))
            Retried(Log, "run-1", "gitlab.example/a/b/jobs/7");
        Assert.Equal(["correlation_id=d-2 run_id=run-1 job=gitlab.example/a/b/jobs/7 announced_by=d-1", "correlation_id=d-1 run_id=run-1 job=gitlab.example/a/b/jobs/7"], _lines.Select(l => l.Split('\t')[^1]));
    }

    [Fact]
    public void An_exception_and_a_message_of_several_lines_are_one_line_and_secrets_are_masked()
    {
        _scrubber.Learn("hunter22");
        Failed(Log, new InvalidDataException("outer\r\nhunter22\tglpat-abcdefghijklmnopqrst"), "first\nsecond hunter22");
        string line = Assert.Single(_lines);
        Assert.DoesNotContain('\n', line);
        Assert.Equal(
            """2026-11-22T12:00:00.000Z|ERROR|cki.herding|It failed: first\nsecond ***|exception="System.IO.InvalidDataException: outer\r\n***\t***" """.TrimEnd(), line.Replace('\t', '|'));
        LoggedError noted = Assert.Single(_noted);
        Assert.Equal(("cki.herding", LogLevel.Error), (noted.Category, noted.Level));
    }

    [Fact]
    public void A_sink_gets_its_level_and_above()
    {
        Log.Log(LogLevel.Debug, "x");
        Assert.Empty(_lines);
    }

    [Fact]
    public void Any_line_can_be_read_back()
    {
        Gen<string> text = Gen.String[Gen.Char["ab \\\n\r\t\"='\u0001\u2028é"], 0, 12];
        Gen.Select(text, text, text).Sample((message, first, second) =>
        {
            var line = new HumanLine(s_noon, "WARN", "cki.watch", message, [new("run_id", first), new("exception", second)]);
            string written = line.Format(t => t);
            HumanLine read = HumanLine.Parse(written)!;
            // A quote within a field becomes an apostrophe, so that fields stay readable by logfmt's rules.
            return !written.AsSpan().ContainsAny("\n\r\u2028")
                && (read.Time, read.Level, read.Logger, read.Message) == (line.Time, line.Level, line.Logger, line.Message)
                && read.Field("run_id") == first.Replace('"', '\'') && read.Field("exception") == second.Replace('"', '\'');
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("no log line")]
    [InlineData("2026-11-22\tINFO\tx\ty")]
    [InlineData("a\tb\tc\td\te\tf")]
    public void What_is_no_such_line_is_none(string line) => Assert.Null(HumanLine.Parse(line));

    [LoggerMessage(1, LogLevel.Information, "Job {Job} of {Run} is retried")]
    private static partial void Retried(ILogger log, string run, string job);

    [LoggerMessage(2, LogLevel.Error, "It failed: {Why}")]
    private static partial void Failed(ILogger log, Exception error, string why);
}
