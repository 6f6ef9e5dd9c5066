using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

public sealed class DownstreamTests
{
    private readonly World _world = new();

    [Fact]
    public async Task A_bridge_takes_the_status_of_the_child_it_waits_for()
    {
        long parent = await AParentAsync(new DownstreamScript { Script = ChildOf(new JobAttempt()) });
        _world.Pass(30);
        GitLabPipeline child = _world.GitLab.Pipelines[1];
        Assert.Equal(("parent_pipeline", "running"), (child.Source, child.Status));
        Assert.Equal(["x86_64 running 1002"], await BridgesAsync(parent));
        _world.Pass(60);
        Assert.Equal(["x86_64 success 1002"], await BridgesAsync(parent));
        Assert.Equal("success", _world.GitLab.Pipelines[0].Status);
    }

    [Fact]
    public async Task Child_pipelines_are_listed_only_when_asked_for()
    {
        await AParentAsync(new DownstreamScript { Script = ChildOf(new JobAttempt()) });
        _world.Pass(30);
        Assert.Equal(new long[] { 1001 }, await IdsAsync($"{_world.Root}/pipelines"));
        Assert.Equal(new long[] { 1002 }, await IdsAsync($"{_world.Root}/pipelines?source=parent_pipeline"));
    }

    [Fact]
    public async Task A_bridge_that_does_not_wait_is_green_at_once()
    {
        long parent = await AParentAsync(new DownstreamScript { Script = ChildOf(AFailure()), Depend = false });
        _world.Pass(10);
        Assert.Equal(["x86_64 success 1002"], await BridgesAsync(parent));
        _world.Pass(90);
        Assert.Equal(["success", "failed"], _world.GitLab.Pipelines.Select(pipeline => pipeline.Status));
    }

    [Fact]
    public async Task A_retry_in_the_child_sets_the_parent_running_again()
    {
        long parent = await AParentAsync(new DownstreamScript { Script = ChildOf(AFailure(), new JobAttempt()) });
        _world.Pass(120);
        Assert.Equal(["failed", "failed"], _world.GitLab.Pipelines.Select(pipeline => pipeline.Status));
        GitLabJob failed = _world.GitLab.Jobs.Single(job => job.Name == "build");
        Assert.Equal(201, (await _world.SendAsync("POST", $"{_world.Root}/jobs/{failed.Id}/retry")).Status);
        _world.Pass(10);
        Assert.Equal(["running", "running"], _world.GitLab.Pipelines.Select(pipeline => pipeline.Status));
        _world.Pass(70);
        Assert.Equal(["success", "success"], _world.GitLab.Pipelines.Select(pipeline => pipeline.Status));
        Assert.Equal(["x86_64 success 1002"], await BridgesAsync(parent));
    }

    [Fact]
    public async Task A_bridge_starts_a_pipeline_in_another_project_with_its_variables()
    {
        GitLabProject other = _world.GitLab.AddProject("cki/pipeline-definition");
        _world.GitLab.Commit(other.Path, "main", "Add templates");
        other.Script = _ => ChildOf(new JobAttempt());
        var variables = new SortedDictionary<string, string> { ["arch"] = "s390x" };
        await AParentAsync(new DownstreamScript(other.Path) { Variables = variables }, """[{"key":"CKI_RUN_ID","value":"r-1"}]""");
        _world.Pass(30);
        GitLabPipeline child = _world.GitLab.Pipelines[1];
        Assert.Equal((other, "pipeline", "r-1", "s390x"), (child.Project, child.Source, child.RunId, child.Variables["arch"]));
    }

    [Fact]
    public async Task A_bridge_to_nowhere_fails_with_its_reason_and_no_downstream()
    {
        long parent = await AParentAsync(new DownstreamScript("no/such"));
        _world.Pass(30);
        JsonNode bridge = (await _world.GetAsync($"{_world.Root}/pipelines/{parent}/bridges"))[0]!;
        Assert.Equal(("failed", "downstream_bridge_project_not_found"), ((string)bridge["status"]!, (string)bridge["failure_reason"]!));
        Assert.Null(bridge["downstream_pipeline"]);
    }

    [Fact]
    public async Task A_child_tells_in_its_events_who_started_it()
    {
        _world.GitLab.AddHook(_world.Project, "https://cki.example/webhooks/gitlab", hook => hook.JobEvents = true);
        long parent = await AParentAsync(new DownstreamScript { Script = ChildOf(new JobAttempt()) });
        _world.Pass(10);
        JsonNode source = JsonNode.Parse(_world.Peer.Received.First(received => received.Body.Contains("\"build_name\":\"build\"")).Body)!["source_pipeline"]!;
        Assert.Equal((parent, 20001L, "cki/kernel-tests"),
            ((long)source["pipeline_id"]!, (long)source["job_id"]!, (string)source["project"]!["path_with_namespace"]!));
    }

    [Fact]
    public async Task Cancelling_the_parent_cancels_the_child()
    {
        long parent = await AParentAsync(new DownstreamScript { Script = ChildOf(new JobAttempt()) });
        _world.Pass(30);
        await _world.SendAsync("POST", $"{_world.Root}/pipelines/{parent}/cancel");
        Assert.Equal(["canceled", "canceled"], _world.GitLab.Pipelines.Select(pipeline => pipeline.Status));
    }

    private async Task<long> AParentAsync(DownstreamScript trigger, string variables = "[]")
    {
        _world.Runs(new JobScript("x86_64", "trigger") { Trigger = trigger });
        return await _world.StartAsync(variables);
    }

    private static PipelineScript ChildOf(params JobAttempt[] attempts) => new([new JobScript("build", "build") { Attempts = attempts }]);

    private static JobAttempt AFailure() => JobAttempt.Failed(RunnerTraces.DnsFailure());

    private async Task<string[]> BridgesAsync(long pipeline) =>
        [.. (await _world.GetAsync($"{_world.Root}/pipelines/{pipeline}/bridges")).AsArray()
            .Select(bridge => $"{bridge!["name"]} {bridge["status"]} {bridge["downstream_pipeline"]?["id"]}")];

    private async Task<long[]> IdsAsync(string path) =>
        [.. (await _world.GetAsync(path)).AsArray().Select(pipeline => (long)pipeline!["id"]!)];
}
