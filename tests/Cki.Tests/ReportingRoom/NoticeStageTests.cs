using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class NoticeStageTests
{
    private static readonly NoticeRaised Trouble = new("dead-letter-detect", "3 dead letters of detect", "They went round three times.\nSee cki dead list.");

    private readonly ReportingWorld _world = new();

    private string[] Subjects => [.. _world.Taken.Select(t => $"{t.Channel} {t.Report.Subject}")];

    [Fact]
    public async Task A_trouble_is_told_at_its_start_daily_and_at_its_end()
    {
        for (int i = 0; i < 4; i++)
            _world.Send(Trouble);
        await _world.RunAsync(TimeSpan.FromHours(50));
        _world.Send(Trouble with { Title = "detect has no dead letters", Text = "", Recovered = true });
        await _world.RunAsync(TimeSpan.FromHours(50));
        Assert.Equal(
            [
                "operators [CKI] NOTICE 3 dead letters of detect",
                "operators [CKI] NOTICE STILL: 3 dead letters of detect",
                "operators [CKI] NOTICE STILL: 3 dead letters of detect",
                "operators [CKI] NOTICE ENDED: detect has no dead letters",
            ],
            Subjects);
        Assert.Single(_world.Taken.Skip(1).Select(t => t.Report.InReplyTo).Distinct(), _world.Taken[0].Report.MessageId);
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task An_end_without_a_beginning_is_not_told()
    {
        _world.Send(Trouble with { Recovered = true });
        await _world.RunAsync();
        Assert.Equal([], Subjects);
        Assert.DoesNotContain("dead letters", _world.Page("board/index.html"));
    }

    [Fact]
    public async Task Developers_never_get_a_notice_and_the_board_always_shows_it()
    {
        SuiteConfig config = _world.Memory.Config.Current;
        _world.Memory.Config.Current = config with { Channels = [.. config.Channels.Where(c => !c.ForOperators)] };
        _world.Send(Trouble);
        await _world.RunAsync();
        Assert.Equal([], Subjects);
        Assert.Contains("3 dead letters of detect", _world.Page("board/index.html"));
    }

    [Fact]
    public async Task A_channel_that_mends_ends_its_own_notice()
    {
        bool isBroken = true;
        _world.Answer = (c, r) => c == "developers" && isBroken ? new ChannelOutcome.Refused("550 no", Permanent: true) : new ChannelOutcome.Sent(r.MessageId);
        RunId run = _world.Arrange(Runs.Passed()).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        isBroken = false;
        _world.Arrange(Runs.Passed(), attempt: 2);
        _world.Send(new RunSettled(run, 2));
        await _world.RunAsync();
        Assert.Equal(
            [
                "operators [CKI] NOTICE channel developers refuses reports",
                "developers [CKI] PASS mainline/main 777777777777, s390x boot+test not run",
                "operators [CKI] NOTICE ENDED: channel developers takes reports again",
            ],
            Subjects);
    }

    [Fact]
    public async Task Notices_are_counted_when_they_begin_and_when_their_end_is_told()
    {
        // Meters are the process's: no other test here sends notices of this entry to Reporting.
        var counted = new List<string>();
        using var listener = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == SuiteMetrics.Notices.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags[0].Value is "budgets-")
                counted.Add($"{tags[1].Value}");
        });
        listener.Start();
        var spent = new NoticeRaised("budgets-mails", "The budget of mails is spent", "They wait.");
        _world.Send(spent);
        _world.Send(spent);
        await _world.RunAsync(TimeSpan.FromHours(26));
        Assert.Equal(["started"], counted);
        _world.Send(spent with { Recovered = true });
        await _world.RunAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["started"], counted);
        await _world.RunAsync(TimeSpan.FromHours(1));
        Assert.Equal(["started", "ended"], counted);
        _world.Send(new NoticeRaised("budgets-once", "The budget was cut", "By hand.") { Once = true });
        await _world.RunAsync(TimeSpan.FromHours(1));
        Assert.Equal(["started", "ended", "told"], counted);
    }
}
