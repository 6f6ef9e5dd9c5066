using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>One attempt is one pipeline, whatever is lost on the way.</summary>
public class OnePipelineTests
{
    [Fact]
    public async Task A_detected_commit_gets_its_flow_and_a_marker_that_watches_over_it()
    {
        var world = new TriggerWorld();
        world.Ports.Store.SetText("due/202611221202/detect/x", "{}");
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run), "due/202611221202/detect/x");
        FlowExecution flow = Assert.Single(world.Ports.Flows.Executions.Values);
        var input = (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(flow.Input)!;
        Assert.Equal(["runId", "attempt", TrailReading.Correlation], input.Select(field => field.Key));
        Assert.Equal(("test-commit", $"{TriggerWorld.Run}-1", TriggerWorld.Run.Value, 1), (flow.Flow, flow.Name, (string)input["runId"]!, (int)input["attempt"]!));
        Assert.Equal([$"due/202611221210/run/{TriggerWorld.Run}-1"], world.Ports.Store.Under("due/"));
        Assert.Equal(AttemptState.Starting, Assert.Single(world.Recorded!.Attempts).State);
    }

    [Fact]
    public async Task The_same_commit_five_times_is_one_flow_and_one_marker()
    {
        var world = new TriggerWorld();
        for (int i = 0; i < 5; i++)
        {
            await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
            world.Pass(70);
        }
        Assert.Single(world.Ports.Flows.Executions);
        Assert.Single(world.Ports.Store.Under("due/"));
    }

    [Fact]
    public async Task A_commit_that_is_not_to_be_tested_gets_no_flow()
    {
        var world = new TriggerWorld();
        world.Ports.Store.Set(
            RunIds.DetectionKey(TriggerWorld.Run), A.Detection() with { State = DetectionState.Skipped, Reason = "told so" }, DocumentJson.Default.RunDetection);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        Assert.Empty(world.Ports.Flows.Executions);
        Assert.Null(world.Recorded);
    }

    [Fact]
    public async Task The_pipeline_carries_run_and_attempt_and_is_told_to_herding()
    {
        var world = await AStartedWorldAsync();
        GitLabPipeline pipeline = Assert.Single(world.GitLab.Pipelines);
        Assert.Equal((TriggerWorld.Run.Value, "1"), (pipeline.RunId, pipeline.RunAttempt));
        PipelineState? told = world.Ports.Store.Peek(A.Pipeline(pipeline.Id).Key, DocumentJson.Default.PipelineState);
        Assert.Equal((TriggerWorld.Run, 1, A.Noon), (told!.Run!.Value, told.Attempt, told.PostedAt!.Value));
    }

    [Theory]
    [InlineData(ApiFault.LostAfter, 1)]
    [InlineData(ApiFault.LateEffect, 1)]
    [InlineData(ApiFault.LostBefore, 2)]
    [InlineData(ApiFault.BadGateway, 2)]
    public async Task A_lost_answer_ends_with_one_pipeline(ApiFault fault, int posts)
    {
        var world = await AStartedWorldAsync(w => w.Breaks(fault));
        world.Pass(600);
        Assert.Single(world.GitLab.Pipelines);
        Assert.Equal(posts, world.PostsSent);
        Assert.Equal(world.GitLab.Pipelines[0].Id, world.Recorded!.Latest.Pipeline!.Id);
    }

    /// <summary>A look that stopped after the newest ones would pass for one that found nothing.</summary>
    [Fact]
    public async Task A_lost_answer_ends_with_one_pipeline_however_many_others_were_started_since()
    {
        var world = new TriggerWorld();
        world.Breaks(ApiFault.LostAfter);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        await Record.ExceptionAsync(() => world.StartAsync());
        GitLabProject project = world.GitLab.Project(A.PipelineProject.Path);
        for (int n = 0; n < 150; n++)
            world.GitLab.StartPipeline(project, "main", "api", world.GitLab.Users.Single(u => u.Username == "cki-bot"));
        world.Pass(600);

        await world.StartAsync();

        Assert.Equal(1, world.PostsSent);
        Assert.Equal(world.GitLab.Pipelines[0].Id, world.Recorded!.Latest.Pipeline!.Id);
    }

    [Fact]
    public async Task An_unanswered_post_is_not_repeated_within_three_minutes()
    {
        var world = new TriggerWorld();
        world.Breaks(ApiFault.LostBefore);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        Assert.Equal("GitLab.Unavailable", await FailureAsync(world));
        for (int i = 0; i < 17; i++)
        {
            world.Pass(10);
            Assert.Equal("Cki.Busy", await FailureAsync(world));
        }
        Assert.Equal(1, world.PostsSent);
        world.Pass(10);
        Assert.Equal("started", TriggerWorld.Status(await world.CallAsync("start-pipeline")));
    }

    [Fact]
    public async Task Starting_again_posts_nothing_more()
    {
        var world = await AStartedWorldAsync();
        await world.StartAsync();
        world.Pass(600);
        await world.StartAsync();
        Assert.Equal(1, world.PostsSent);
    }

    [Fact]
    public async Task A_twin_that_appears_late_is_canceled_once_and_noted()
    {
        var world = await AStartedWorldAsync(w => w.Breaks(ApiFault.LostBefore));
        // The lost POST shows up after all: the simulator's own copy of it, with the same variables.
        GitLabPipeline kept = Assert.Single(world.GitLab.Pipelines);
        await world.GitLab.PostAgainAsync(kept);
        await world.CheckAsync();
        await world.CheckAsync();
        Assert.Equal([kept.Id], world.Kept.Select(p => p.Id));
        Assert.Equal([world.GitLab.Pipelines[1].Id], world.Recorded!.Latest.CanceledTwins);
        Assert.Single(world.GitLab.Writes, w => w.Route.EndsWith("/cancel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_downstream_pipeline_that_inherits_the_variables_is_no_twin()
    {
        var world = new TriggerWorld();
        world.GitLab.Script = request => request.Source == "pipeline"
            ? new PipelineScript([new JobScript("boot x86_64", "boot") { Attempts = [new() { Duration = TimeSpan.FromMinutes(20) }] }])
            : new PipelineScript([new JobScript("x86_64", "children") { Trigger = new DownstreamScript(A.PipelineProject.Path) { Variables = request.Variables } }]);
        world.Breaks(ApiFault.LostBefore);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        await world.StartAsync();
        Assert.Equal("settled", await world.CheckToTheEndAsync());
        Assert.Empty(world.Recorded!.Latest.CanceledTwins);
        Assert.Equal(2, world.Kept.Length);
        Assert.Equal((TriggerWorld.Run.Value, "success"), (world.Kept[1].RunId, world.Kept[1].Status));
        Assert.Equal((Verdict.Passed, "1 job passed"), (world.Recorded!.Latest.Result!.Verdict, world.Recorded.Latest.Result.Reason));
    }

    [Fact]
    public async Task A_crash_between_any_two_writes_leaves_one_pipeline()
    {
        bool happened = true;
        for (int at = 0; happened; at++)
        {
            var world = new TriggerWorld();
            var crash = new Crash(world.Ports, at);
            try
            {
                await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run), "due/202611221202/detect/x");
                await world.CallAsync("start-pipeline");
            }
            catch (CrashException)
            {
            }
            happened = crash.Happened;
            Crash.Stop(world.Ports);
            await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run), "due/202611221202/detect/x");
            await world.StartAsync();
            long pipeline = Assert.Single(world.GitLab.Pipelines).Id;
            Assert.Equal(pipeline, world.Recorded!.Latest.Pipeline!.Id);
            Assert.NotEmpty(world.Ports.Store.Under(A.Pipeline(pipeline).Key));
            Assert.Single(world.Ports.Flows.Executions);
            Assert.NotEmpty(world.Ports.Store.Under("due/"));
            Assert.True(at < 100, "crashes without end");
        }
    }

    internal static async Task<TriggerWorld> AStartedWorldAsync(Action<TriggerWorld>? prepare = null, Func<TreeConfig, TreeConfig>? with = null, bool withRunner = true)
    {
        var world = new TriggerWorld(with, withRunner);
        prepare?.Invoke(world);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        await world.StartAsync();
        return world;
    }

    internal static async Task<string> FailureAsync(TriggerWorld world) =>
        (await Assert.ThrowsAnyAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"))).ErrorName;
}

internal static class SimulatedPosts
{
    /// <summary>The request that made <paramref name="pipeline"/>, again.</summary>
    public static async Task PostAgainAsync(this GitLabWorld gitLab, GitLabPipeline pipeline)
    {
        string variables = string.Join(',', pipeline.Variables.Select(v => $$"""{"key":"{{v.Key}}","value":"{{v.Value}}"}"""));
        using var http = new HttpClient(new GitLabMessageHandler(gitLab));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://gitlab.example/api/v4/projects/{pipeline.Project.Id}/pipeline");
        request.Headers.Add("PRIVATE-TOKEN", "glpat-test");
        request.Content = new StringContent($$"""{"ref":"{{pipeline.Ref}}","variables":[{{variables}}]}""", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
