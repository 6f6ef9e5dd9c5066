using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>A report that blamed the commit and holds no longer is corrected once, in its thread, wherever it was told.</summary>
public sealed class CorrectionTests
{
    private readonly ReportingWorld _world = new();

    private string[] Kinds => [.. _world.Taken.Select(t => $"{t.Channel} {t.Report.Kind}")];

    private static RunResult Sometimes => Runs.Failed() with { Failures = [Runs.Failed().Failures[0] with { PassedLater = true, Attempts = 2, FailedAttempts = 1 }] };

    private async Task<RunId> ReportedFailedAsync(Verdict verdict = Verdict.Failed)
    {
        RunId run = _world.Arrange(verdict == Verdict.Failed ? Runs.Failed() : Runs.Other(verdict, "x")).Run;
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync();
        _world.Memory.Clock.Advance(TimeSpan.FromHours(2));
        return run;
    }

    /// <summary>As PipelineTrigger leaves it.</summary>
    private void JudgedAgain(RunResult now, string reason = "host k8s-7 lost its clock", int times = 1)
    {
        RunDetection detection = Runs.Detection();
        RunPipeline pipeline = Runs.Pipeline(detection.Run, now);
        pipeline = pipeline.With(pipeline.Latest with { Reconsidered = [new Reconsidered(Runs.Failed(), A.Noon.AddHours(2), reason, "jane")] });
        _world.Memory.Store.Set(RunIds.PipelineKey(detection.Run), pipeline, DocumentJson.Default.RunPipeline);
        for (int i = 0; i < times; i++)
            _world.Send(new RunSettled(detection.Run, 1));
    }

    [Fact]
    public async Task A_withdrawn_failure_is_corrected_once_on_each_channel_that_told_it()
    {
        RunId run = await ReportedFailedAsync();
        JudgedAgain(Runs.Passed(), times: 5);
        await _world.RunAsync();
        _world.Send(new RunSettled(run, 1));
        _world.Send(new DeliverReport(run, 1, "developers", "correction-1"));
        await _world.RunAsync();
        Assert.Equal(["developers final-1", "developers correction-1"], Kinds);
        OutgoingReport correction = _world.Taken[1].Report;
        Assert.Equal("Re: [CKI] CORRECTION PASS, not FAIL build arm64: mainline/main 777777777777 (foo: add bar)", correction.Subject);
        Assert.Equal(($"{run}.correction-1@example.org", $"{run}.final-1@example.org"), (correction.MessageId, correction.InReplyTo));
        Golden.Check("reports/correction-sent.txt", $"Subject: {correction.Subject}\n\n{correction.Text}");
        Assert.Equal(["failed", "success"], _world.Peer.Statuses.Select(s => s.State));
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task A_late_success_leads_to_one_correction_that_forgives_nothing()
    {
        RunId run = await ReportedFailedAsync();
        JudgedAgain(Sometimes, "build arm64 allmodconfig passed when jane ran it again", times: 3);
        await _world.RunAsync();
        Assert.Equal(["developers final-1", "developers correction-1"], Kinds);
        Assert.Equal("Re: [CKI] CORRECTION FAIL build arm64 only SOMETIMES: mainline/main 777777777777 (foo: add bar)", _world.Taken[1].Report.Subject);
        Assert.Contains("failed 1 of 2 attempts, so its evidence stands", _world.Taken[1].Report.Text.ReplaceLineEndings(" ").Replace("              ", " "));
        Assert.All(_world.Peer.Statuses, s => Assert.Equal("failed", s.State));
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task A_failure_that_still_holds_is_not_corrected_and_may_be_later()
    {
        await ReportedFailedAsync();
        RunResult less = Runs.Failed() with { Others = [] };
        JudgedAgain(less);
        await _world.RunAsync();
        Assert.Equal(["developers final-1"], Kinds);
        JudgedAgain(Runs.Passed());
        await _world.RunAsync();
        Assert.Equal(["developers final-1", "developers correction-1"], Kinds);
    }

    [Fact]
    public async Task Who_was_never_told_that_the_commit_is_to_blame_gets_no_correction()
    {
        await ReportedFailedAsync(Verdict.Infrastructure);
        JudgedAgain(Runs.Passed());
        await _world.RunAsync();
        Assert.Equal(["operators final-1"], Kinds);
    }

    [Fact]
    public async Task A_correction_waits_for_the_final_that_is_on_its_way()
    {
        RunId run = _world.Arrange(Runs.Failed()).Run;
        _world.Answer = (_, r) => _world.Memory.Clock.GetUtcNow() < A.Noon.AddHours(1) && r.Kind == "final-1" ? new ChannelOutcome.Unavailable("down") : new ChannelOutcome.Sent(r.MessageId);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(10));
        JudgedAgain(Runs.Passed());
        await _world.RunAsync();
        // What was never told as failed needs no correction: the final that came through says what holds.
        Assert.Equal(["developers final-1"], Kinds.Where(k => k.StartsWith("developers", StringComparison.Ordinal)));
        Assert.Equal(Verdict.Passed, _world.Taken.Single(t => t.Channel == "developers").Report.Model!.Result.Verdict);
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task A_channel_that_is_down_gets_its_correction_when_it_is_back()
    {
        RunId run = await ReportedFailedAsync();
        DateTimeOffset back = _world.Memory.Clock.GetUtcNow().AddHours(6);
        _world.Answer = (_, r) => _world.Memory.Clock.GetUtcNow() < back ? new ChannelOutcome.Unavailable("down") : new ChannelOutcome.Sent(r.MessageId);
        JudgedAgain(Runs.Passed());
        await _world.RunAsync(TimeSpan.FromHours(10));
        Assert.Equal(["developers final-1", "developers correction-1"], Kinds.Where(k => k.StartsWith("developers", StringComparison.Ordinal)));
        Assert.Equal(DeliveryState.Sent, _world.Delivery(run, "developers", "correction-1")!.State);
    }

    [Fact]
    public async Task A_retest_that_passes_corrects_in_its_own_final()
    {
        RunId run = await ReportedFailedAsync();
        RunPipeline two = Runs.Pipeline(run, Runs.Passed(), attempt: 2);
        two = two.With(two.Attempts[0] with { Result = Runs.Failed() });
        _world.Memory.Store.Set(RunIds.PipelineKey(run), two, DocumentJson.Default.RunPipeline);
        _world.Send(new RunSettled(run, 2));
        await _world.RunAsync();
        Assert.Equal(["developers final-1", "developers final-2"], Kinds);
        Assert.Equal("Re: [CKI] CORRECTION FAIL build arm64 only SOMETIMES: mainline/main 777777777777 (foo: add bar)", _world.Taken[1].Report.Subject);
        Golden.Check("reports/retest-passed.txt", $"Subject: {_world.Taken[1].Report.Subject}\n\n{_world.Taken[1].Report.Text}");
        Assert.Equal(["failed", "success"], _world.Peer.Statuses.Select(s => s.State));
    }

    [Fact]
    public async Task A_retest_that_fails_again_corrects_nothing()
    {
        RunId run = await ReportedFailedAsync();
        RunPipeline two = Runs.Pipeline(run, Runs.Failed(), attempt: 2);
        _world.Memory.Store.Set(RunIds.PipelineKey(run), two.With(two.Attempts[0] with { Result = Runs.Failed() }), DocumentJson.Default.RunPipeline);
        _world.Send(new RunSettled(run, 2));
        await _world.RunAsync();
        Assert.StartsWith("Re: [CKI] FAIL build arm64: ", _world.Taken[1].Report.Subject);
        Assert.Null(_world.Taken[1].Report.Model!.Correction);
    }

    /// <summary>Whatever the result holds: developers hear of passed and failed, and of a blame that is taken back; of nothing else.</summary>
    [Fact]
    public async Task Developers_get_nothing_but_passed_failed_and_what_corrects_a_failure()
    {
        var dice = new Random(7);
        Func<Verdict, RunResult>[] shapes = [v => Runs.Other(v, "x"), v => Runs.RichPass() with { Verdict = v }, v => Runs.NewFail() with { Verdict = v }, v => Runs.KnownFail() with { Verdict = v }, v => new RunResult(v, "")];
        for (int n = 0; n < 120; n++)
        {
            var world = new ReportingWorld();
            RunId run = world.Arrange(null).Run;
            RunResult first = shapes[dice.Next(shapes.Length)](Enum.GetValues<Verdict>()[dice.Next(Enum.GetValues<Verdict>().Length)]);
            RunResult second = shapes[dice.Next(shapes.Length)](Enum.GetValues<Verdict>()[dice.Next(Enum.GetValues<Verdict>().Length)]);
            world.Arrange(first);
            world.Send(new RunSettled(run, 1));
            await world.RunAsync();
            RunPipeline pipeline = Runs.Pipeline(run, second);
            world.Memory.Store.Set(RunIds.PipelineKey(run), pipeline.With(pipeline.Latest with { Reconsidered = [new Reconsidered(first, A.Noon, "x", "y")] }), DocumentJson.Default.RunPipeline);
            world.Send(new RunSettled(run, 1));
            await world.RunAsync();
            OutgoingReport[] told = [.. world.Taken.Where(t => t.Channel == "developers").Select(t => t.Report)];
            Assert.All(told.Where(r => r.Kind == "final-1"), r => Assert.True(ReportRoute.IsForDevelopers(r.Model!.Result.Verdict)));
            Assert.All(told.Where(r => r.Kind == "correction-1"), r => Assert.True(r.Model!.Correction is not null && told.Any(f => f.Kind == "final-1" && f.Model!.Result.Verdict == Verdict.Failed)));
            Assert.Equal(told.Length, told.Select(r => r.Kind).Distinct().Count());
        }
    }
}
