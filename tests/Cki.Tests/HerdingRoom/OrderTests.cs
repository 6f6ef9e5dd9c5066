using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;
using JobAttempt = Cki.JobAttempt;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.HerdingRoom;

/// <summary>What people order about jobs passes the gates that the herder's own retries pass.</summary>
public sealed class OrderTests
{
    private readonly HerdingWorld _world = new();

    private RetryJob Retry(string name) => new(new JobRef(A.PipelineProject, _world.Job(name).Id), _world.Pipeline.Id, name, "jane", "note 5 on gitlab.example/kernel/linux!1");

    private OverruleJob Overrule(string name, DateTimeOffset at) => new(_world.Run, 1, _world.Pipeline, name, new Overruling("jane", at, "the compiler was broken", [_world.Job(name).Id]));

    private string[] Sent(string type) => [.. _world.Suite.Queue.Sent.Select(m => CloudEvent.Parse(m.Body)).Where(e => e.Type == type).Select(e => e.Data.ToJsonString())];

    private async Task FailedAsync(params Try[] attempts)
    {
        await _world.AfterAsync(new JobScript("build x86_64", "build") { Attempts = attempts });
        await _world.JobFinishedAsync("build x86_64");
    }

    [Fact]
    public async Task A_job_is_run_again_once_however_often_it_is_ordered()
    {
        await FailedAsync(HerdingWorld.CompileError, new Try());
        for (int i = 0; i < 3; i++)
            await _world.DeliverAsync(Retry("build x86_64"));
        JobRetry retry = Assert.Single((await _world.RecordAsync("build x86_64"))!.Retries);
        Assert.Equal(("person", RetryState.Pending), (retry.Matcher, retry.State));
        Assert.Single(_world.Suite.Flows.Executions);
        Assert.StartsWith("Done: retried", await _world.RetryAsync("build x86_64"));
        await _world.DeliverAsync(Retry("build x86_64"));
        Assert.Equal(2, _world.GitLab.Jobs.Count(j => j.Name == "build x86_64"));
        // Evidence is sticky: what passes now completes the picture and forgives nothing.
        JobRecord record = (await _world.RecordAsync("build x86_64"))!;
        Assert.Equal(JobFinding.Failed, record.Attempts[0].Decision.Finding);
    }

    [Fact]
    public async Task A_pause_holds_it_as_it_holds_every_retry()
    {
        await FailedAsync(HerdingWorld.CompileError, new Try());
        _world.Suite.Store.Set($"{Switch.Prefix}{Switch.Observe}.json", new Switch(Switch.Observe, "new", "jane", A.Noon, null), DocumentJson.Default.Switch);
        await _world.DeliverAsync(Retry("build x86_64"));
        FlowTaskException held = await Assert.ThrowsAsync<FlowTaskException>(() => _world.RetryAsync("build x86_64"));
        Assert.Equal(ErrorNames.Paused, held.ErrorName);
        Assert.Single(_world.GitLab.Jobs, j => j.Name == "build x86_64");
    }

    [Fact]
    public async Task What_cannot_be_run_again_is_recorded_with_its_reason()
    {
        await FailedAsync(HerdingWorld.CompileError);
        RunPipeline run = A.RunPipeline(_world.Run, _world.Pipeline.Id);
        _world.Suite.Store.Set(RunIds.PipelineKey(_world.Run), run.With(run.Latest with { State = AttemptState.Settled, Result = new RunResult(Verdict.Failed, "") }), DocumentJson.Default.RunPipeline);
        await _world.DeliverAsync(Retry("build x86_64"));
        JobRetry dropped = Assert.Single((await _world.RecordAsync("build x86_64"))!.Retries);
        Assert.Equal((RetryState.Dropped, "the run has settled: Failed"), (dropped.State, dropped.Outcome));
        Assert.Empty(_world.Suite.Flows.Executions);
    }

    [Fact]
    public async Task A_job_that_nothing_is_known_of_is_left_alone()
    {
        await _world.AfterAsync(new JobScript("build x86_64", "build") { Attempts = [HerdingWorld.CompileError] });
        await _world.DeliverAsync(Retry("build x86_64"));
        await _world.DeliverAsync(Overrule("build x86_64", A.Noon));
        Assert.Null(await _world.RecordAsync("build x86_64"));
        Assert.Empty(Sent(ReconsiderRun.TypeName));
    }

    [Fact]
    public async Task A_finding_that_was_overruled_blames_nobody_and_the_run_is_judged_again()
    {
        await FailedAsync(HerdingWorld.CompileError);
        await _world.DeliverAsync(Overrule("build x86_64", A.Noon.AddHours(1)));
        JobRecord record = (await _world.RecordAsync("build x86_64"))!;
        Assert.Equal(("jane", "the compiler was broken"), (record.Overruled!.By, record.Overruled.Reason));
        Assert.Equal(JobFinding.Failed, record.Attempts[0].Decision.Finding);
        HerdDecision standing = record.Standing(record.Attempts[0]);
        Assert.Equal(JobFinding.Infrastructure, standing.Finding);
        Assert.StartsWith("overruled by jane (the compiler was broken); it was: evidence against the commit", standing.Reason);
        Assert.Equal([$$"""{"run":"{{_world.Run}}","attempt":1,"reason":"build x86_64: the compiler was broken","by":"jane","v":1}"""], Sent(ReconsiderRun.TypeName));
        PipelineJob job = A.Job(record.Attempts[0].JobId, "build x86_64", GitLabStatus.Failed);
        Assert.Equal(Verdict.Infrastructure, RunResults.Of([job], [record], [], new CheckDecision.Settled()).Verdict);
        Assert.Equal(Verdict.Failed, RunResults.Of([job], [record with { Overruled = null }], [], new CheckDecision.Settled()).Verdict);
    }

    [Fact]
    public async Task An_older_word_does_not_replace_a_newer_and_a_later_attempt_is_judged_anew()
    {
        await FailedAsync(HerdingWorld.CompileError);
        await _world.DeliverAsync(Overrule("build x86_64", A.Noon.AddHours(2)));
        await _world.DeliverAsync(Overrule("build x86_64", A.Noon.AddHours(1)));
        JobRecord record = (await _world.RecordAsync("build x86_64"))!;
        Assert.Equal(A.Noon.AddHours(2), record.Overruled!.At);
        JobAttempt later = record.Attempts[0] with { JobId = record.Attempts[0].JobId + 1 };
        Assert.Equal(JobFinding.Failed, record.Standing(later).Finding);
    }
}
