using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class StageTests
{
    private static readonly JobScript Lost = new("build x", "build") { Attempts = [HerdingWorld.SystemFailure, new()] };
    private static readonly JobScript Broken = new("build x", "build") { Attempts = [HerdingWorld.CompileError], AllowFailure = true };

    [Fact]
    public async Task A_job_that_its_runner_lost_waits_in_a_flow_and_is_then_retried()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        JobRecord record = (await world.RecordAsync("build x"))!;
        Assert.Equal((HerdAct.Retry, JobFinding.Nothing), (record.Attempts[0].Decision.Act, record.Attempts[0].Decision.Finding));
        Assert.Equal(RetryState.Pending, record.Retries[0].State);
        FlowExecution flow = world.Suite.Flows.Executions.Values.Single();
        Assert.Equal(("retry-job", 300L), (flow.Flow, (long)JsonNode.Parse(flow.Input)!["delaySeconds"]!));
        Assert.Single(await world.Suite.Ports.Documents.KeysAsync("due/", 10, TestContext.Current.CancellationToken));

        Assert.Equal("Done: retried", await world.RetryAsync("build x"));
        Assert.Equal(2, world.GitLab.Jobs.Count);
        Assert.Equal(world.GitLab.Jobs[^1].Id, (await world.RecordAsync("build x"))!.Retries[0].NewJobId);
        Assert.NotNull((await world.StateAsync()).PostedAt);
    }

    [Fact]
    public async Task A_compile_error_is_not_retried_and_who_waits_is_told()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Broken);
        await AwaitAsync(world, "token-1");
        Assert.Empty(world.Suite.Flows.Signals);
        await world.JobFinishedAsync("build x");
        JobRecord record = (await world.RecordAsync("build x"))!;
        Assert.Equal((HerdAct.Leave, JobFinding.Failed, true), (record.Attempts[0].Decision.Act, record.Attempts[0].Decision.Finding, record.AllowFailure));
        Assert.Empty(record.Retries);
        Assert.Equal([("token-1", """{"settled":true}""")], world.Suite.Flows.Signals);
        Assert.NotNull((await world.StateAsync()).SettledAt);
    }

    [Fact]
    public async Task The_pipelines_last_event_before_its_jobs_decision_tells_nobody_but_asks_for_the_decision()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Broken);
        await AwaitAsync(world, "token-1");
        world.Suite.Queue.Sent.Clear();
        await world.DeliverAsync(new PipelineChanged(world.Pipeline, "success"));
        Assert.Empty(world.Suite.Flows.Signals);
        await world.DeliverOwnAsync();
        Assert.Equal(["token-1"], world.Suite.Flows.Signals.Select(s => s.Token));
    }

    [Fact]
    public async Task A_pending_retry_keeps_the_pipeline_from_looking_settled()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        await AwaitAsync(world, "token-1");
        Assert.Empty(world.Suite.Flows.Signals);
    }

    [Fact]
    public async Task The_same_event_five_times_is_one_decision_and_one_flow()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        for (int i = 0; i < 5; i++)
            await world.JobFinishedAsync("build x");
        Assert.Single((await world.RecordAsync("build x"))!.Attempts);
        Assert.Single(world.Suite.Flows.Executions);
        await world.RetryAsync("build x");
        await world.RetryAsync("build x");
        Assert.Equal(2, world.GitLab.Jobs.Count);
    }

    [Theory]
    [InlineData(ApiFault.LostAfter)]
    [InlineData(ApiFault.LateEffect)]
    public async Task An_unanswered_retry_is_looked_for_after_three_minutes_and_never_posted_twice(ApiFault fault)
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        world.GitLab.Faults.Api(fault, new FaultWhen { On = "POST /projects/:id/jobs/:job/retry", Times = 1 });
        Assert.Equal(ErrorNames.GitLabUnavailable, (await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.RetryAsync("build x"))).ErrorName);
        Assert.Equal(ErrorNames.Busy, (await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.RetryAsync("build x"))).ErrorName);
        world.Pass(181);
        Assert.Equal("Done: found after an unanswered POST", await world.RetryAsync("build x"));
        Assert.Equal(2, world.GitLab.Jobs.Count);
    }

    [Fact]
    public async Task A_job_that_a_person_retried_meanwhile_is_left_to_him()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        await world.PostAsync($"jobs/{world.Job("build x").Id}/retry", "{}");
        Assert.Equal($"Dropped: a newer job of that name exists: {world.GitLab.Jobs[^1].Id}", await world.RetryAsync("build x"));
        Assert.Equal(2, world.GitLab.Jobs.Count);
    }

    [Fact]
    public async Task A_held_retry_is_not_posted()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        var held = new Switch("retry", "lab move", "me", A.Noon, null);
        await world.Suite.Ports.Documents.PutAsync(held.Key, held, DocumentJson.Default.Switch, TestContext.Current.CancellationToken);
        Assert.Equal(ErrorNames.Paused, (await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.RetryAsync("build x"))).ErrorName);
        Assert.Single(world.GitLab.Jobs);
    }

    [Fact]
    public async Task A_flow_that_died_gets_a_successor_when_its_marker_comes_due()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        string key = (await world.Suite.Ports.Documents.KeysAsync("due/", 10, TestContext.Current.CancellationToken)).Single();
        string name = world.Suite.Flows.Executions.Values.Single().Name;
        world.Suite.Flows.End("retry-job", name, FlowStatus.Failed);
        await world.JobFinishedAsync("build x", key);
        Assert.Equal([name, $"{name}-r1"], world.Suite.Flows.Executions.Values.Select(e => e.Name));
        await world.RetryAsync("build x");
        await world.JobFinishedAsync("build x", key);
        Assert.Empty(await world.Suite.Ports.Documents.KeysAsync("due/", 10, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_job_of_a_pipeline_that_is_not_ours_is_left_alone()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await world.Suite.Ports.Documents.DeleteAsync(world.Pipeline.Key, TestContext.Current.CancellationToken);
        await world.JobFinishedAsync("build x");
        Assert.Null(await world.RecordAsync("build x"));
        Assert.Empty(world.Suite.Flows.Executions);
    }

    [Fact]
    public async Task An_earlier_await_never_replaces_a_later_one()
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(Lost);
        await AwaitAsync(world, "second", loop: 2);
        await AwaitAsync(world, "first", loop: 1);
        Assert.Equal(("second", 2), ((await world.StateAsync()).TaskToken, (await world.StateAsync()).Loop));
    }

    [Fact]
    public async Task A_downstream_jobs_failure_is_decided_under_its_own_pipeline_and_holds_the_whole()
    {
        var child = new DownstreamScript { Script = new PipelineScript([Broken]), Depend = false };
        HerdingWorld world = await new HerdingWorld().AfterAsync(new JobScript("arch", "build") { Trigger = child });
        await AwaitAsync(world, "token-1");
        Assert.Empty(world.Suite.Flows.Signals);
        var downstream = new PipelineRef(world.Pipeline.Project, world.Job("build x").Pipeline.Id);
        Assert.Equal(world.Run, (await world.StateAsync(downstream)).Run);
        Assert.Equal([downstream], (await world.StateAsync()).Downstream);
        await world.DeliverOwnAsync();
        Assert.Equal(["token-1"], world.Suite.Flows.Signals.Select(s => s.Token));
        Assert.NotNull(await world.Suite.Ports.Documents.GetAsync(JobRecord.Key(downstream, "build x"), DocumentJson.Default.JobRecord, TestContext.Current.CancellationToken));
    }

    private static Task AwaitAsync(HerdingWorld world, string token, int loop = 1) =>
        world.DeliverAsync(new PipelineAwaited(world.Run, 1, world.Pipeline, token, loop));
}
