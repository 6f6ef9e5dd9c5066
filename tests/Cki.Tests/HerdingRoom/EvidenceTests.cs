using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.HerdingRoom;

/// <summary>What herding notes and says for the sake of reports.</summary>
public sealed class EvidenceTests
{
    private static Task<HerdingWorld> AfterAsync(params Try[] attempts) =>
        new HerdingWorld().AfterAsync(new JobScript("build x", "build") { Attempts = attempts });

    [Fact]
    public async Task Evidence_against_the_commit_is_told_at_once_and_again_with_each_repetition()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError);
        await world.JobFinishedAsync("build x");
        await world.JobFinishedAsync("build x");
        Assert.Equal([new EvidenceFound(world.Run, 1), new EvidenceFound(world.Run, 1)], world.Suite.Queue.Messages<EvidenceFound>());
    }

    [Fact]
    public async Task Trouble_of_infrastructure_is_no_evidence()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.SystemFailure, new());
        await world.JobFinishedAsync("build x");
        Assert.Empty(world.Suite.Queue.Messages<EvidenceFound>());
    }

    [Fact]
    public async Task A_settled_run_hears_of_no_evidence()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError);
        Settle(world, Verdict.Failed);
        await world.JobFinishedAsync("build x");
        Assert.Empty(world.Suite.Queue.Messages<EvidenceFound>());
    }

    [Fact]
    public async Task Without_a_head_before_nothing_was_compared()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError);
        await world.JobFinishedAsync("build x");
        HerdDecision decision = (await world.RecordAsync("build x"))!.Attempts[0].Decision;
        Assert.Equal(new ParentJob(ParentResult.Unknown, "no commit before it is known"), decision.Parent);
    }

    [Theory]
    [InlineData(true, ParentResult.Passed, "the parent bbbbbbbbbbbb passes")]
    [InlineData(false, ParentResult.Unknown, "the parent bbbbbbbbbbbb has no such job")]
    public async Task The_same_job_of_the_head_before_is_looked_at(bool hasJob, ParentResult result, string told)
    {
        var world = new HerdingWorld();
        await world.AfterAsync(new JobScript(hasJob ? "build x" : "build y", "build"));
        RunId before = RunIds.Of(A.Tree().Name, "main", A.Sha('b'));
        PipelineRef parent = world.Pipeline;
        world.Suite.Store.Set(RunIds.PipelineKey(before), A.RunPipeline(before, parent.Id), DocumentJson.Default.RunPipeline);
        await world.Suite.Ports.Documents.DeleteAsync(RunIds.PipelineKey(world.Run), TestContext.Current.CancellationToken);
        await world.AfterAsync(new JobScript("build x", "build") { Attempts = [HerdingWorld.CompileError] });
        world.Suite.Store.Set(RunIds.DetectionKey(world.Run), A.Detection() with { Previous = A.Sha('b') }, DocumentJson.Default.RunDetection);
        GitLabJob failed = world.GitLab.Jobs.Last(j => j.Name == "build x");
        await world.DeliverAsync(new JobFinished(new JobRef(A.PipelineProject, failed.Id), failed.Pipeline.Id, "build x", "failed"));
        ParentJob compared = (await world.RecordAsync("build x"))!.Attempts[0].Decision.Parent!;
        Assert.Equal((result, told), (compared.Result, compared.Told));
    }

    [Fact]
    public async Task A_reported_failure_that_a_person_ran_again_and_that_passed_is_judged_again()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError, new Try());
        await world.JobFinishedAsync("build x");
        Settle(world, Verdict.Failed);
        await world.PostAsync($"jobs/{world.Job("build x").Id}/retry", "{}");
        await world.DeliverAsync(new PipelineChanged(world.Pipeline, "running"));
        Assert.Empty(world.Suite.Queue.Messages<ReconsiderRun>());
        world.Pass(300);
        await world.DeliverAsync(new PipelineChanged(world.Pipeline, "success"));
        Assert.Equal([new ReconsiderRun(world.Run, 1, "build x passed when cki-bot ran it again", "cki-bot")], world.Suite.Queue.Messages<ReconsiderRun>());
    }

    [Fact]
    public async Task Its_own_event_does_where_the_pipelines_never_comes()
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError, new Try());
        await world.JobFinishedAsync("build x");
        GitLabJob first = world.Job("build x");
        await world.PostAsync($"jobs/{first.Id}/retry", "{}");
        world.Pass(300);
        GitLabJob second = world.GitLab.Jobs.Last(j => j.Name == "build x");
        var passed = new JobFinished(new JobRef(A.PipelineProject, second.Id), second.Pipeline.Id, "build x", "success");
        await world.DeliverAsync(passed);
        Assert.Empty(world.Suite.Queue.Messages<ReconsiderRun>());
        Settle(world, Verdict.Failed);
        await world.DeliverAsync(passed);
        Assert.Single(world.Suite.Queue.Messages<ReconsiderRun>());
    }

    [Theory]
    [InlineData(Verdict.Passed)]
    [InlineData(Verdict.Infrastructure)]
    public async Task A_run_that_blamed_nobody_is_not_judged_again(Verdict verdict)
    {
        HerdingWorld world = await AfterAsync(HerdingWorld.CompileError, new Try());
        await world.JobFinishedAsync("build x");
        Settle(world, verdict);
        await world.PostAsync($"jobs/{world.Job("build x").Id}/retry", "{}");
        world.Pass(300);
        await world.DeliverAsync(new PipelineChanged(world.Pipeline, "success"));
        Assert.Empty(world.Suite.Queue.Messages<ReconsiderRun>());
    }

    [Fact]
    public void A_warning_is_new_only_where_the_parents_trace_was_read()
    {
        const string line = "WARNING: CPU: 2 PID: 811 at net/core/dev.c:6420";
        var passes = new ParentJob(ParentResult.Passed, "the parent passes") { Sha = A.Sha('b') };
        Assert.Equal((ParentResult.Unknown, "the trace of the parent bbbbbbbbbbbb was not read"), Told(passes));
        Assert.Equal((ParentResult.Passed, "not on the parent bbbbbbbbbbbb"), Told(passes with { Lines = [] }));
        Assert.Equal((ParentResult.Failed, "on the parent bbbbbbbbbbbb as well"), Told(passes with { Lines = [FailureSignature.Normalised("WARNING: CPU: 0 PID: 4 at net/core/dev.c:6421")] }));
        Assert.Equal(ParentResult.Unknown, new ParentJob(ParentResult.Failed, "it fails").OfWarning(line).Result);

        (ParentResult, string) Told(ParentJob parent) => (parent.OfWarning(line).Result, parent.OfWarning(line).Told);
    }

    private static void Settle(HerdingWorld world, Verdict verdict)
    {
        RunPipeline run = A.RunPipeline(world.Run, world.Pipeline.Id);
        world.Suite.Store.Set(
            RunIds.PipelineKey(world.Run), run.With(run.Latest with { State = AttemptState.Settled, Result = new RunResult(verdict, "x") }), DocumentJson.Default.RunPipeline);
    }
}
