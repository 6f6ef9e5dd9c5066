using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>A report that is corrected more than once, or of which only a part falls: one correction for each change of what was told, and no two alike.</summary>
public sealed class CorrectionChainTests
{
    private const string Arm = "build arm64 allmodconfig";
    private const string Power = "boot ppc64le";
    private const string Mainframe = "test s390x";

    private readonly ReportingWorld _world = new();

    private string[] Kinds => [.. _world.Taken.Where(t => t.Channel == "developers").Select(t => t.Report.Kind)];

    private string Mails => string.Join("\n====\n", _world.Taken.Where(t => t.Channel == "developers" && t.Report.Kind != "final-1")
        .Select(t => $"Message-ID: {t.Report.MessageId}\nReferences: {string.Join(' ', t.Report.References)}\nSubject: {t.Report.Subject}\n\n{t.Report.Text}"));

    private static FailedJob Job(string name, bool passedLater = false) =>
        new(name, name.Split(' ')[0], name.Length, "", [$"{name}: BUG"], "evidence against the commit.") { PassedLater = passedLater, Attempts = passedLater ? 2 : 1, FailedAttempts = 1 };

    private static RunResult Fails(params FailedJob[] jobs) => jobs.Length == 0
        ? new RunResult(Verdict.Passed, "3 jobs passed") { Cells = [new ResultCell("x86_64", "build", CellResult.Pass, 3, 3, null)] }
        : new RunResult(Verdict.Failed, $"{jobs.Length} of 3 jobs fail.")
        {
            Cells = [.. jobs.Select(j => new ResultCell(j.Name.Split(' ')[1], j.Stage, CellResult.Fail, 0, 1, null))],
            Failures = jobs,
        };

    private RunId ReportedAs(RunResult result)
    {
        RunId run = _world.Arrange(result).Run;
        _world.Send(new RunSettled(run, 1));
        return run;
    }

    /// <summary>As PipelineTrigger leaves it, announced as often as said.</summary>
    private async Task JudgedAgainAsync(RunId run, RunResult now, string reason, int times = 3)
    {
        await _world.RunAsync();
        _world.Memory.Clock.Advance(TimeSpan.FromHours(2));
        RunAttempt attempt = _world.Memory.Store.Peek(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline)!.Latest;
        IReadOnlyList<Reconsidered> before = attempt.Reconsidered ?? [];
        var judged = new Reconsidered(attempt.Result!, _world.Memory.Clock.GetUtcNow(), reason, "jane") { Number = attempt.Judgements + 1 };
        RunPipeline changed = Runs.Pipeline(run, now);
        _world.Memory.Store.Set(RunIds.PipelineKey(run), changed.With(changed.Latest with { Reconsidered = [.. before, judged] }), DocumentJson.Default.RunPipeline);
        for (int i = 0; i < times; i++)
            _world.Send(new RunSettled(run, 1));
    }

    [Fact]
    public async Task What_was_softened_is_withdrawn_when_the_finding_falls()
    {
        RunId run = ReportedAs(Fails(Job(Arm)));
        await JudgedAgainAsync(run, Fails(Job(Arm, passedLater: true)), $"{Arm} passed when jane ran it again");
        await JudgedAgainAsync(run, Fails(), $"{Arm}: the compiler was broken");
        await _world.RunAsync();
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        Assert.Equal(["final-1", "correction-1", "correction-1-2"], Kinds);
        Golden.Check("reports/correction-chain.txt", Mails);
        Assert.Equal(["failed", "failed", "success"], _world.Peer.Statuses.Select(s => s.State));
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task Of_several_blamed_jobs_each_is_told_when_it_is_cleared()
    {
        RunId run = ReportedAs(Fails(Job(Arm), Job(Power)));
        await JudgedAgainAsync(run, Fails(Job(Arm)), $"{Power}: its power supply had failed");
        await JudgedAgainAsync(run, Fails(), $"{Arm}: the compiler was broken");
        await _world.RunAsync();
        Assert.Equal(["final-1", "correction-1", "correction-1-2"], Kinds);
        Golden.Check("reports/correction-in-part.txt", Mails);
    }

    [Fact]
    public async Task One_cleared_and_one_that_fails_sometimes_are_told_apart_from_what_still_holds()
    {
        RunId run = ReportedAs(Fails(Job(Arm), Job(Power), Job(Mainframe)));
        await JudgedAgainAsync(run, Fails(Job(Arm), Job(Mainframe, passedLater: true)), $"{Power}: its power supply had failed");
        await _world.RunAsync();
        Assert.Equal(["final-1", "correction-1"], Kinds);
        Golden.Check("reports/correction-mixed.txt", Mails);
        Golden.Check("notes/correction-mixed.md", MergeRequestText.Of(_world.Taken.Last(t => t.Channel == "developers").Report.Model!));
    }

    [Fact]
    public async Task Judged_again_without_news_for_those_who_were_told_corrects_nothing()
    {
        RunId run = ReportedAs(Fails(Job(Arm), Job(Power)));
        await JudgedAgainAsync(run, Fails(Job(Arm), Job(Power)) with { Others = [Job("lint x86_64")] }, "lint ran again");
        await JudgedAgainAsync(run, Fails(Job(Arm), Job(Power), Job(Mainframe)), "somebody ran more");
        await _world.RunAsync();
        Assert.Equal(["final-1"], Kinds);
    }

    [Fact]
    public async Task What_fails_sometimes_is_told_once_however_often_it_fails_and_passes()
    {
        RunId run = ReportedAs(Fails(Job(Arm)));
        await JudgedAgainAsync(run, Fails(Job(Arm, passedLater: true)), "passed at the second try");
        await JudgedAgainAsync(run, Fails(Job(Arm)), "failed at the third");
        await JudgedAgainAsync(run, Fails(Job(Arm, passedLater: true)), "passed at the fourth");
        await _world.RunAsync();
        Assert.Equal(["final-1", "correction-1"], Kinds);
    }

    [Fact]
    public async Task A_channel_that_was_down_for_two_changes_hears_once_what_holds()
    {
        RunId run = ReportedAs(Fails(Job(Arm), Job(Power)));
        await _world.RunAsync();
        DateTimeOffset back = _world.Memory.Clock.GetUtcNow().AddHours(12);
        _world.Answer = (_, r) => _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("down") : new ChannelOutcome.Sent(r.MessageId);
        await JudgedAgainAsync(run, Fails(Job(Arm)), $"{Power}: its power supply had failed");
        await JudgedAgainAsync(run, Fails(), $"{Arm}: the compiler was broken");
        await _world.RunAsync(TimeSpan.FromHours(30));
        Assert.Equal(2, Kinds.Length);
        Assert.Equal("Re: [CKI] CORRECTION PASS, not FAIL build arm64, boot ppc64le: mainline/main 777777777777 (foo: add bar)", _world.Taken.Last(t => t.Channel == "developers").Report.Subject);
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task A_second_correction_survives_a_crash_at_every_step()
    {
        int crashes = 0;
        for (int at = 0; at < 160; at += 3)
        {
            var tests = new CorrectionChainTests();
            RunId run = tests.ReportedAs(Fails(Job(Arm)));
            await tests.JudgedAgainAsync(run, Fails(Job(Arm, passedLater: true)), "passed at the second try", times: 1);
            await tests._world.RunAsync();
            await tests.JudgedAgainAsync(run, Fails(), "the compiler was broken", times: 1);
            var crash = new Crash(tests._world.Memory, at);
            await tests._world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Assert.Equal(["final-1", "correction-1", "correction-1-2"], tests.Kinds.Distinct());
            Assert.InRange(tests.Kinds.Length, 3, 4);
            Assert.Equal("success", tests._world.Peer.Statuses[^1].State);
            Assert.Equal([], tests._world.Memory.Store.Under(DueMarker.Prefix));
        }
        Assert.InRange(crashes, 10, 53);
    }

    [Theory]
    [InlineData("correction-1", 1, 1)]
    [InlineData("correction-2-3", 2, 3)]
    [InlineData("correction-1-12", 1, 12)]
    public void A_correction_is_named_by_its_attempt_and_judgement(string text, int attempt, int judgement)
    {
        Assert.True(ReportKind.TryParse(text, out ReportKind? kind));
        Assert.Equal((ReportKind.Correction(attempt, judgement), text), (kind.Value, kind.Value.ToString()));
    }

    [Theory]
    [InlineData("correction-1-1")]
    [InlineData("correction-1-0")]
    [InlineData("correction-1--2")]
    [InlineData("correction-1-2-3")]
    [InlineData("final-1-2")]
    [InlineData("correction")]
    [InlineData("correction-x-2")]
    [InlineData("notice-1")]
    public void Another_name_is_no_kind_of_report(string text) => Assert.False(ReportKind.TryParse(text, out _));
}
