using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>Channels that are slow, down or asked for too much, through the stage's queue.</summary>
public sealed class ChannelTroubleTests
{
    private static readonly ChannelConfig Irc = new ChannelConfig.Irc("irc", new Uri("https://irccat.example/send"), IrcForm.Irccat, null, null);
    private static readonly ChannelConfig Slack = new ChannelConfig.Slack("slack", null, "token", "C1");

    private readonly ReportingWorld _world = new(Config());
    private readonly List<(string Channel, DateTimeOffset At, OutgoingReport Report)> _taken = [];

    public ChannelTroubleTests() => _world.Answer = Take;

    /// <summary>Null: takes everything.</summary>
    private Func<string, ChannelOutcome?>? Trouble { get; set; }

    private static SuiteConfig Config()
    {
        SuiteConfig config = A.Config(A.Tree() with { ReportTo = ["developers", "irc", "slack"] });
        return config with { Channels = [.. config.Channels, Irc, Slack] };
    }

    private ChannelOutcome Take(string channel, OutgoingReport report)
    {
        if (Trouble?.Invoke(channel) is { } trouble)
            return trouble;
        _taken.Add((channel, _world.Memory.Clock.GetUtcNow(), report));
        return new ChannelOutcome.Sent($"{channel}-{_taken.Count}");
    }

    private RunId[] Settle(int runs)
    {
        var all = new List<RunId>();
        for (int i = 0; i < runs; i++)
        {
            RunDetection detection = Runs.Detection($"foo: change {i}") with { Run = new RunId($"run-{i:d2}") };
            _world.Memory.Store.Set(RunIds.DetectionKey(detection.Run), detection, DocumentJson.Default.RunDetection);
            _world.Memory.Store.Set(RunIds.PipelineKey(detection.Run), Runs.Pipeline(detection.Run, Runs.Failed()), DocumentJson.Default.RunPipeline);
            _world.Send(new RunSettled(detection.Run, 1));
            all.Add(detection.Run);
        }
        return [.. all];
    }

    private string[] Runs_on(string channel) => [.. _taken.Where(t => t.Channel == channel && t.Report.Run is not null).Select(t => t.Report.Run!.Value.Value).Order()];

    [Fact]
    public async Task A_channel_that_is_down_for_six_hours_loses_nothing_makes_no_copy_and_delays_no_other()
    {
        DateTimeOffset back = A.Noon.AddHours(6);
        Trouble = c => c == "developers" && _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("connection refused") : null;
        RunId[] runs = Settle(20);
        await _world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(runs.Select(r => r.Value), Runs_on("slack"));
        await _world.RunAsync(TimeSpan.FromHours(7));
        Assert.Empty(_world.Failures);
        Assert.Equal(runs.Select(r => r.Value), Runs_on("developers"));
        Assert.All(_taken.Where(t => t.Channel == "developers"), t => Assert.InRange(t.At, back, back.AddMinutes(35)));
        Assert.All(runs, r => Assert.NotNull(_world.Report(r)!.ClosedAt));
        Assert.DoesNotContain(_world.Memory.Store.Under(DueMarker.Prefix), k => k.Contains("/report/"));
    }

    [Fact]
    public async Task A_channel_that_is_down_is_asked_by_one_probe_at_a_time_with_growing_pauses()
    {
        int asked = 0;
        Trouble = c => c == "developers" && asked++ >= 0 ? new ChannelOutcome.Unavailable("connection refused") : null;
        Settle(20);
        await _world.RunAsync(TimeSpan.FromHours(6));
        // Until the circuit opens, whoever is on its way tries; then 5 probes in growing pauses and about 4 an hour.
        Assert.InRange(asked, 20, 34);
    }

    [Fact]
    public async Task Operators_hear_of_a_channel_that_stays_down_on_their_others_and_of_its_return()
    {
        SuiteConfig config = _world.Memory.Config.Current;
        _world.Memory.Config.Current = config with { Channels = [.. config.Channels, new ChannelConfig.Slack("ops-slack", "url", null, null) { ForOperators = true }] };
        DateTimeOffset back = A.Noon.AddHours(3);
        Trouble = c => c == "ops-slack" && _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("connection refused") : null;
        _world.Send(new NoticeRaised("gitlab-down", "GitLab does not answer", "Runs wait."));
        await _world.RunAsync(TimeSpan.FromHours(5));
        Assert.Equal(
            [
                ("operators", "[CKI] NOTICE GitLab does not answer"),
                ("operators", "[CKI] NOTICE channel ops-slack does not take reports"),
                ("ops-slack", "[CKI] NOTICE GitLab does not answer"),
                ("operators", "[CKI] NOTICE ENDED: channel ops-slack takes reports again"),
            ],
            _taken.Select(t => (t.Channel, t.Report.Subject)));
        Assert.InRange(_taken[1].At, A.Noon.AddMinutes(10), A.Noon.AddMinutes(25));
        Golden.Check("chat/notice-channel-down.txt", _taken[1].Report.Text);
    }

    [Fact]
    public async Task Where_there_is_no_other_channel_operators_hear_of_it_when_it_is_back()
    {
        DateTimeOffset back = A.Noon.AddHours(1);
        Trouble = c => c == "operators" && _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("connection refused") : null;
        _world.Send(new NoticeRaised("gitlab-down", "GitLab does not answer", "Runs wait."));
        await _world.RunAsync(TimeSpan.FromHours(5));
        Assert.Equal(
            ["[CKI] NOTICE ENDED: channel operators takes reports again", "[CKI] NOTICE GitLab does not answer", "[CKI] NOTICE channel operators does not take reports"],
            _taken.Select(t => t.Report.Subject).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_hiccup_of_a_channel_is_no_notice()
    {
        int asked = 0;
        Trouble = c => c == "slack" && asked++ < 4 ? new ChannelOutcome.Unavailable("503") : null;
        Settle(1);
        await _world.RunAsync();
        Assert.DoesNotContain(_taken, t => t.Report.Notice is not null);
        Assert.Single(Runs_on("slack"));
    }

    [Fact]
    public async Task Slack_gets_one_message_a_second_and_irc_one_in_five_seconds()
    {
        Settle(12);
        await _world.RunAsync();
        foreach ((string channel, int seconds) in new[] { ("slack", 1), ("irc", 5) })
        {
            DateTimeOffset[] at = [.. _taken.Where(t => t.Channel == channel).Select(t => t.At)];
            Assert.All(at.Zip(at.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(seconds), $"{channel}: {pair}"));
        }
        Assert.Equal(12, Runs_on("slack").Length);
    }

    [Fact]
    public async Task What_waits_for_irc_goes_as_one_line_and_each_of_it_once()
    {
        RunId[] runs = Settle(12);
        await _world.RunAsync();
        OutgoingReport[] lines = [.. _taken.Where(t => t.Channel == "irc").Select(t => t.Report)];
        Assert.Equal("[CKI] FAIL build arm64: mainline/main 777777777777 (foo: change 0)", lines[0].Subject);
        Assert.StartsWith("[CKI] 11 reports: FAIL build arm64: mainline/main 777777777777 (foo: change 1); ", lines[1].Subject);
        Assert.EndsWith("; and 6 more", lines[1].Subject);
        Assert.Equal(2, lines.Length);
        Assert.All(runs, r => Assert.Equal(DeliveryState.Sent, _world.Delivery(r, "irc", "final-1")!.State));
        Assert.All(runs, r => Assert.NotNull(_world.Report(r)!.ClosedAt));
    }

    [Fact]
    public async Task What_the_channel_does_not_want_is_in_no_digest()
    {
        SuiteConfig config = _world.Memory.Config.Current;
        _world.Memory.Config.Current = config with { Channels = [.. config.Channels.Select(c => c.Name == "irc" ? c with { OnlyOn = ReportOn.Failure } : c)] };
        RunId[] runs = Settle(12);
        foreach (RunId run in runs.Take(3))
            _world.Memory.Store.Set(RunIds.PipelineKey(run), Runs.Pipeline(run, Runs.Passed()), DocumentJson.Default.RunPipeline);
        await _world.RunAsync();
        string[] lines = [.. _taken.Where(t => t.Channel == "irc").Select(t => t.Report.Subject)];
        Assert.DoesNotContain(lines, l => l.Contains("PASS", StringComparison.Ordinal));
        Assert.Equal(9, lines.Sum(l => l.Contains(" reports: ", StringComparison.Ordinal) ? int.Parse(l.Split(' ')[1]) : 1));
        Assert.All(runs.Take(3), r => Assert.Equal(DeliveryState.Omitted, _world.Delivery(r, "irc", "final-1")!.State));
    }

    [Fact]
    public async Task A_digest_that_is_not_taken_loses_none_of_its_reports()
    {
        int asked = 0;
        Trouble = c => c == "irc" && asked++ == 1 ? new ChannelOutcome.Refused("the bot restarts", Permanent: false) : null;
        RunId[] runs = Settle(12);
        await _world.RunAsync();
        Assert.All(runs, r => Assert.Equal(DeliveryState.Sent, _world.Delivery(r, "irc", "final-1")!.State));
        int told = _taken.Where(t => t.Channel == "irc").Sum(t => t.Report.Subject.Contains(" reports: ", StringComparison.Ordinal) ? int.Parse(t.Report.Subject.Split(' ')[1]) : 1);
        Assert.Equal(12, told);
        Assert.DoesNotContain(_taken, t => t.Report.MayBeCopy);
    }

    [Fact]
    public async Task Retry_after_delays_the_whole_channel_and_counts_as_no_outage()
    {
        int asked = 0;
        Trouble = c => c == "slack" && asked++ == 0 ? new ChannelOutcome.Unavailable("429") { RetryAfter = TimeSpan.FromSeconds(90) } : null;
        Settle(3);
        await _world.RunAsync();
        DateTimeOffset[] at = [.. _taken.Where(t => t.Channel == "slack").Select(t => t.At)];
        Assert.Equal(3, at.Length);
        Assert.All(at, t => Assert.True(t >= A.Noon.AddSeconds(90)));
        Assert.DoesNotContain(_taken, t => t.Report.Notice is not null);
    }

    [Fact]
    public async Task A_later_report_of_the_run_knows_the_peers_name_of_its_thread()
    {
        RunId run = Settle(1)[0];
        await _world.RunAsync();
        string first = _world.Delivery(run, "slack", "final-1")!.PeerId!;
        _world.Memory.Store.Set(RunIds.PipelineKey(run), Runs.Pipeline(run, Runs.Passed(), 2), DocumentJson.Default.RunPipeline);
        _world.Send(new RunSettled(run, 2));
        await _world.RunAsync();
        Assert.Equal([null, first], _taken.Where(t => t.Channel == "slack").Select(t => t.Report.ThreadPeerId));
    }

    [Fact]
    public async Task A_report_that_may_have_arrived_is_marked()
    {
        int asked = 0;
        Trouble = c => c == "slack" && asked++ == 0 ? new ChannelOutcome.Unavailable("no answer within 20 s") : null;
        Settle(1);
        await _world.RunAsync();
        Assert.Equal([true], _taken.Where(t => t.Channel == "slack").Select(t => t.Report.MayBeCopy));
        Assert.Equal([false], _taken.Where(t => t.Channel == "developers").Select(t => t.Report.MayBeCopy));
    }
}
