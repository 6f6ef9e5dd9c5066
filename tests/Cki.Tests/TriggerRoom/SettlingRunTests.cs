using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>From a started pipeline to a result.</summary>
public class SettlingRunTests
{
    private static readonly JobScript Build = new("build x86_64", "build");
    private static readonly JobScript Broken = Build with { Attempts = [GitLabSimulator.JobAttempt.Failed(RunnerTraces.Success())] };

    [Fact]
    public async Task A_green_pipeline_settles_as_passed_without_any_webhook()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(w => w.Runs(Build, new JobScript("test x86_64", "test")));
        Assert.Equal("settled", await world.CheckToTheEndAsync());
        RunAttempt settled = world.Recorded!.Latest;
        Assert.Equal((AttemptState.Settled, Verdict.Passed, "2 jobs passed"), (settled.State, settled.Result!.Verdict, settled.Result.Reason));
        Assert.Equal("settled", TriggerWorld.Status(await world.CallAsync("start-pipeline")));
    }

    [Fact]
    public async Task A_run_takes_few_requests()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(w => w.Runs(Build));
        await world.CheckToTheEndAsync();
        // Whether the commit is still there, one POST, then pipeline, jobs and bridges for each of three looks: one while it runs, two that agree.
        Assert.Equal(11, world.GitLab.Requests.Values.Sum());
    }

    [Fact]
    public async Task A_failed_job_without_its_decision_settles_nothing_and_is_sent_to_herding()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(w => w.Runs(Broken));
        world.Pass(600);
        // The pipeline's final event is there, the job's is not.
        Assert.Equal("failed", world.GitLab.Pipelines[0].Status);
        GitLabJob job = Assert.Single(world.GitLab.Jobs);
        for (int loop = 1; loop <= 3; loop++)
        {
            Assert.Equal("running", TriggerWorld.Status(await world.CheckAsync(loop)));
            world.Pass(100);
        }
        JobFinished[] asked = [.. world.Ports.Queue.Messages<JobFinished>().Distinct()];
        Assert.Equal([new JobFinished(new JobRef(A.PipelineProject, job.Id), job.Pipeline.Id, "build x86_64", "failed")], asked);
        Assert.Equal(AttemptState.Running, world.Recorded!.Latest.State);
        world.Decides(job, HerdAct.Leave, JobFinding.Failed);
        Assert.Equal("settled", await world.CheckToTheEndAsync());
        Assert.Equal(Verdict.Failed, world.Recorded!.Latest.Result!.Verdict);
    }

    [Fact]
    public async Task What_looks_settled_is_waited_for_plainly_with_the_rest_of_the_quiet()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(w => w.Runs(Build with { Attempts = [new() { Duration = TimeSpan.FromSeconds(10) }] }));
        world.Pass(30);
        JsonNode answer = await world.CheckAsync(4);
        Assert.Equal(("quiet", 60, 5), (TriggerWorld.Status(answer), answer["waitSeconds"]!.GetValue<long>(), answer["loop"]!.GetValue<long>()));
    }

    [Fact]
    public async Task A_pause_holds_the_post_with_its_reason()
    {
        var world = new TriggerWorld();
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        var pause = new Switch("trigger@mainline", "lab move", "ada", A.Noon, null);
        world.Ports.Store.Set(pause.Key, pause, DocumentJson.Default.Switch);
        FlowTaskException held = await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"));
        Assert.Equal((ErrorNames.Paused, $"Run {TriggerWorld.Run}: trigger@mainline is paused by ada: lab move"), (held.ErrorName, held.Message));
        Assert.Equal(0, world.PostsSent);
    }

    [Fact]
    public async Task A_refused_pipeline_is_a_configuration_verdict()
    {
        var world = new TriggerWorld();
        world.GitLab.Script = _ => new PipelineScript([]) { Refusal = "jobs config should contain at least one visible job" };
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        FlowTaskException refused = await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"));
        Assert.Equal(ErrorNames.GitLabRefused, refused.ErrorName);
        var cause = new JsonObject { ["errorMessage"] = refused.Message, ["errorType"] = refused.ErrorName };
        await world.CallAsync("refuse-run", new JsonObject { ["error"] = new JsonObject { ["Error"] = refused.ErrorName, ["Cause"] = cause.ToJsonString() } });
        RunResult result = world.Recorded!.Latest.Result!;
        Assert.Equal(Verdict.Configuration, result.Verdict);
        Assert.Equal($"Cannot start a pipeline for {TriggerWorld.Run} on gitlab.example/cki/pipelines@main: 400 jobs config should contain at least one visible job", result.Reason);
    }

    [Fact]
    public async Task What_outlasts_all_retries_is_an_infrastructure_verdict_and_does_not_replace_a_result()
    {
        var world = await OnePipelineTests.AStartedWorldAsync();
        JsonObject Error(string cause) => new() { ["error"] = new JsonObject { ["Error"] = "States.Timeout", ["Cause"] = cause } };
        await world.CallAsync("refuse-run", Error("it took too long"));
        await world.CallAsync("refuse-run", Error("again"));
        RunResult result = world.Recorded!.Latest.Result!;
        Assert.Equal((Verdict.Infrastructure, "States.Timeout: it took too long"), (result.Verdict, result.Reason));
    }

    [Fact]
    public async Task A_newer_head_cancels_the_pipeline_where_the_tree_wants_it()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(with: t => t with { CancelWhenNewer = true });
        var heads = new TreeHeads(A.Tree().Name) { Branches = { ["main"] = new Head(A.Sha('b'), A.Noon.AddMinutes(1)) } };
        world.Ports.Store.Set(TreeHeads.Key(A.Tree().Name), heads, DocumentJson.Default.TreeHeads);
        JsonNode answer = await world.CheckAsync();
        Assert.Equal("superseded", TriggerWorld.Status(answer));
        Assert.Equal(AttemptState.Running, world.Recorded!.Latest.State);
        await world.CallAsync("cancel-pipeline", new JsonObject { ["newer"] = answer["newer"]!.GetValue<string>() });
        Assert.Empty(world.Kept);
        Assert.Equal((Verdict.Superseded, "bbbbbbbbbbbb took its place"), (world.Recorded!.Latest.Result!.Verdict, world.Recorded.Latest.Result.Reason));
    }

    [Fact]
    public async Task A_pipeline_that_starves_from_its_first_job_is_tried_with_the_next_fallback()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(withRunner: false, with: t => t with
        {
            Pipeline = t.Pipeline with { StarvingAfter = TimeSpan.FromMinutes(20), Fallbacks = [new([new("runner", "standby")])] },
        });
        Assert.Equal("starving", await world.CheckToTheEndAsync());
        await world.CallAsync("fall-back");
        await world.CallAsync("fall-back");
        RunPipeline run = world.Recorded!;
        Assert.Equal((2, AttemptState.Settled, Verdict.Incomplete), (run.Attempts.Count, run.Attempts[0].State, run.Attempts[0].Result!.Verdict));
        Assert.Equal("no runner took build; attempt 2 follows with fallback 1", run.Attempts[0].Result!.Reason);
        Assert.Equal(0, run.Latest.Fallback);
        Assert.Equal([$"test-commit/{TriggerWorld.Run}-1", $"test-commit/{TriggerWorld.Run}-2"], world.Ports.Flows.Executions.Keys);
        Assert.Empty(world.Kept);
        await world.StartAsync(attempt: 2);
        Assert.Equal(("2", "standby"), (world.Kept[0].RunAttempt, world.Kept[0].Variables["runner"]));
    }

    [Fact]
    public async Task Without_a_fallback_the_starving_part_is_not_run()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(
            withRunner: false, with: t => t with { Pipeline = t.Pipeline with { StarvingAfter = TimeSpan.FromMinutes(20) } });
        Assert.Equal("starving", await world.CheckToTheEndAsync());
        await world.CallAsync("fall-back");
        RunAttempt settled = Assert.Single(world.Recorded!.Attempts);
        Assert.Equal((Verdict.Incomplete, "no runner took build; the tree has no fallback"), (settled.Result!.Verdict, settled.Result.Reason));
        Assert.Equal("build: still pending", Assert.Single(settled.Result.Cells).Why);
    }

    private static string[] Told(TriggerWorld world) =>
        [.. world.Ports.Queue.Messages<NoticeRaised>().Select(n => $"{n.Key}{(n.Recovered ? $" ended: {n.Text}" : "")}")];

    private static async Task<TriggerWorld> StarvingAsync()
    {
        var world = await OnePipelineTests.AStartedWorldAsync(
            withRunner: false, with: t => t with { Pipeline = t.Pipeline with { StarvingAfter = TimeSpan.FromMinutes(20) } });
        world.GitLab.Pause(world.GitLab.AddRunner("standby-1"), true);
        Assert.Equal("starving", await world.CheckToTheEndAsync());
        Assert.Equal("running", TriggerWorld.Status(await world.CallAsync("fall-back")));
        Assert.Equal([$"starving-{TriggerWorld.Run}"], Told(world));
        return world;
    }

    [Fact]
    public async Task Starvation_is_over_when_a_runner_has_taken_the_jobs()
    {
        TriggerWorld world = await StarvingAsync();
        await world.CheckAsync();
        Assert.Equal([$"starving-{TriggerWorld.Run}"], Told(world));
        world.GitLab.AddRunner("k8s-1");
        world.Pass(60);
        await world.CheckAsync();
        await world.CheckAsync();
        Assert.Equal([$"starving-{TriggerWorld.Run}", $"starving-{TriggerWorld.Run} ended: Runners have taken its jobs."], Told(world));
    }

    [Fact]
    public async Task Starvation_that_lasts_is_over_with_its_attempt()
    {
        TriggerWorld world = await StarvingAsync();
        Assert.Equal("starving", await world.CheckToTheEndAsync());
        await world.CallAsync("fall-back");
        await world.CallAsync("fall-back");
        Assert.Equal([$"starving-{TriggerWorld.Run}", $"starving-{TriggerWorld.Run} ended: The attempt has ended: incomplete."], Told(world));
    }

    [Fact]
    public async Task An_attempt_that_settled_and_died_before_it_told_tells_with_the_next_look()
    {
        TriggerWorld world = await StarvingAsync();
        RunPipeline run = world.Recorded!;
        world.Ports.Store.Set(RunIds.PipelineKey(TriggerWorld.Run), run.With(run.Latest with { State = AttemptState.Settled, Result = new RunResult(Verdict.Incomplete, "") }), DocumentJson.Default.RunPipeline);
        await world.CheckAsync();
        Assert.Equal($"starving-{TriggerWorld.Run} ended: The attempt has ended.", Told(world)[^1]);
    }
}
