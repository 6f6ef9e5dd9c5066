using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>Runs that are pipelines of others, and runs for merge requests.</summary>
public sealed class OthersRunTests
{
    private static readonly AdoptedPipeline Adopted = new(new PipelineRef(A.PipelineProject, 1001), "schedule", "main", A.Sha('a'));

    private static async Task<TriggerWorld> OfOthersAsync(bool isThere = true)
    {
        var world = new TriggerWorld(tree => tree with { CancelWhenNewer = true, Pipeline = tree.Pipeline with { Fallbacks = [new Fallback([new("pool", "standby")])], StarvingAfter = TimeSpan.FromHours(1) } });
        world.Ports.Store.Set(RunIds.DetectionKey(TriggerWorld.Run), A.Detection() with { Adopted = Adopted }, DocumentJson.Default.RunDetection);
        if (isThere)
            world.GitLab.StartPipeline(world.GitLab.Project(A.PipelineProject.Path), "main", "schedule", world.GitLab.Users[0]);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        return world;
    }

    private static async Task<(TriggerWorld World, GitLabMergeRequest Request)> OfMergeRequestAsync()
    {
        var world = new TriggerWorld(tree => tree with { CancelWhenNewer = true });
        GitLabProject project = world.GitLab.Project(A.PipelineProject.Path);
        world.GitLab.Commit(project.Path, "feature", "mm: a change");
        GitLabMergeRequest request = world.GitLab.AddMergeRequest(project, "mm: a change", "feature");
        RunDetection run = A.Detection() with { Sha = CommitSha.Parse(request.Sha), MergeRequest = new MergeRequestRef(A.PipelineProject, request.Iid) };
        world.Ports.Store.Set(RunIds.DetectionKey(TriggerWorld.Run), run, DocumentJson.Default.RunDetection);
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        return (world, request);
    }

    private static string Ending(TriggerWorld world) => $"{world.Recorded!.Latest.Result!.Verdict}: {world.Recorded.Latest.Result.Reason}";

    [Fact]
    public async Task The_pipeline_that_is_there_is_recorded_and_none_is_posted()
    {
        TriggerWorld world = await OfOthersAsync();
        Assert.Equal("started", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal("started", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal((1001, 0, 1), (world.Recorded!.Latest.Pipeline!.Id, world.PostsSent, world.GitLab.Pipelines.Count));
        Assert.Equal(TriggerWorld.Run, world.Ports.Store.Peek(Adopted.Pipeline.Key, DocumentJson.Default.PipelineState)!.Run);
        Assert.Equal("settled", await world.CheckToTheEndAsync());
        Assert.Equal(Verdict.Passed, world.Recorded.Latest.Result!.Verdict);
    }

    [Fact]
    public async Task A_switch_that_holds_triggering_holds_no_look()
    {
        TriggerWorld world = await OfOthersAsync();
        var held = new Switch("trigger", "the lab moves", "jane", A.Noon, null);
        world.Ports.Store.Set(held.Key, held, DocumentJson.Default.Switch);
        Assert.Equal("started", TriggerWorld.Status(await world.StartAsync()));
    }

    [Fact]
    public async Task A_pipeline_that_is_gone_ends_the_run()
    {
        TriggerWorld world = await OfOthersAsync(isThere: false);
        Assert.Equal("settled", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal("Infrastructure: pipeline gitlab.example/cki/pipelines/pipelines/1001 is gone", Ending(world));
        Assert.Equal(0, world.PostsSent);
    }

    [Fact]
    public async Task No_fallback_is_started_for_it()
    {
        TriggerWorld world = await OfOthersAsync();
        await world.StartAsync();
        await world.CallAsync("fall-back");
        Assert.Equal("settled", TriggerWorld.Status(await world.CallAsync("fall-back")));
        Assert.Contains("others started the pipeline: we start none in its place", Ending(world));
        Assert.Equal((1, 0), (world.Recorded!.Attempts.Count, world.PostsSent));
        Assert.NotEmpty(world.Kept);
    }

    [Fact]
    public async Task A_person_who_wants_it_tested_again_is_sent_to_GitLab()
    {
        TriggerWorld world = await OfOthersAsync();
        await world.StartAsync();
        await world.CheckToTheEndAsync();
        await world.ReceiveAsync(new RetestRun(TriggerWorld.Run, 2, "jane", "once more"));
        Assert.Single(world.Recorded!.Attempts);
    }

    [Fact]
    public async Task A_merge_request_gets_its_pipeline()
    {
        (TriggerWorld world, _) = await OfMergeRequestAsync();
        Assert.Equal("started", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal(1, world.PostsSent);
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("merged")]
    public async Task A_merge_request_that_ended_gets_none(string state)
    {
        (TriggerWorld world, GitLabMergeRequest request) = await OfMergeRequestAsync();
        request.State = state;
        Assert.Equal("settled", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal($"Canceled: canceled by its project: merge request !1 is {state}", Ending(world));
        Assert.Equal(0, world.PostsSent);
    }

    [Fact]
    public async Task A_held_run_ends_with_its_merge_request()
    {
        (TriggerWorld world, GitLabMergeRequest request) = await OfMergeRequestAsync();
        var held = new Switch("trigger", "the lab moves", "jane", A.Noon, null);
        world.Ports.Store.Set(held.Key, held, DocumentJson.Default.Switch);
        FlowTaskException paused = await Assert.ThrowsAsync<FlowTaskException>(() => world.CallAsync("start-pipeline"));
        Assert.Equal(ErrorNames.Paused, paused.ErrorName);

        request.State = "closed";

        Assert.Equal("settled", TriggerWorld.Status(await world.StartAsync()));
        Assert.Equal("Canceled: canceled by its project: merge request !1 is closed", Ending(world));
    }

    [Fact]
    public async Task A_head_that_moved_before_the_start_is_superseded()
    {
        (TriggerWorld world, GitLabMergeRequest request) = await OfMergeRequestAsync();
        request.Sha = A.Sha('e').Value;
        await world.StartAsync();
        Assert.Equal((Verdict.Superseded, 0), (world.Recorded!.Latest.Result!.Verdict, world.PostsSent));
    }

    [Fact]
    public async Task A_head_that_moves_supersedes_and_a_target_that_moves_does_not()
    {
        (TriggerWorld world, GitLabMergeRequest request) = await OfMergeRequestAsync();
        await world.StartAsync();
        world.GitLab.Commit(A.PipelineProject.Path, "main", "mm: the target moves");
        Assert.NotEqual("superseded", TriggerWorld.Status(await world.CheckAsync()));

        request.Sha = A.Sha('e').Value;

        JsonNode answer = await world.CheckAsync();
        Assert.Equal(("superseded", A.Sha('e').Value), (TriggerWorld.Status(answer), answer["newer"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_pipeline_of_others_that_is_superseded_is_not_cancelled_by_us()
    {
        TriggerWorld world = await OfOthersAsync();
        await world.StartAsync();
        await world.CallAsync("cancel-pipeline", new JsonObject { ["newer"] = A.Sha('e').Value });
        Assert.Equal(Verdict.Superseded, world.Recorded!.Latest.Result!.Verdict);
        Assert.NotEmpty(world.Kept);
    }
}
