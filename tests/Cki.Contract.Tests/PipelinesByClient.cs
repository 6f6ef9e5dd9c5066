using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Contract.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>Pipelines of the simulator as python-gitlab sees them.</summary>
public sealed class PipelinesByClient
{
    [Fact]
    public async Task A_created_pipeline_keeps_its_variables_and_comes_to_its_end()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.Runs(ServedGitLab.Job("build", "build"), ServedGitLab.Job("test", "test"));
        JsonNode told = await gitLab.AskAsync("pipeline_create", new JsonObject
        {
            ["variables"] = new JsonObject { ["CKI_RUN_ID"] = "run-1", ["CKI_SHA"] = gitLab.Head.Sha, ["empty"] = "", ["text"] = "a b & ü = \"1\"" },
        });
        GitLabPipeline made = Assert.Single(gitLab.World.Pipelines);
        JsonText.Same($$"""
            {
              "made": {
                "id": {{made.Id}}, "sha": "{{gitLab.Head.Sha}}", "ref": "main", "source": "api",
                "project_id": {{made.Project.Id}}, "user": "cki-bot"
              },
              "read": { "id": {{made.Id}}, "status": "success", "finished": true },
              "variables": { "CKI_RUN_ID": "run-1", "CKI_SHA": "{{gitLab.Head.Sha}}", "empty": "", "text": "a b & ü = \"1\"" },
              "found": [{{made.Id}}]
            }
            """, told);
    }

    [Fact]
    public async Task Each_of_a_hundred_and_twenty_pipelines_is_on_exactly_one_page()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.Runs(ServedGitLab.Job("build", "build", seconds: 600));
        gitLab.World.Project(ServedGitLab.Path).PipelinesOnPush = true;
        for (int i = 0; i < 120; i++)
            gitLab.World.Commit(ServedGitLab.Path, "main", $"commit {i}");
        long[] newestFirst = [.. gitLab.World.Pipelines.Select(p => p.Id).OrderDescending()];
        long[] jobs = [.. gitLab.World.Jobs.Select(j => j.Id).OrderDescending()];
        Assert.Equal(120, newestFirst.Length);

        JsonNode told = await gitLab.AskAsync("pipeline_pages");
        Assert.Equal(newestFirst, Ids(told["lazily"]));
        Assert.Equal((120, 6), ((int)told["total"]!, (int)told["pages"]!));
        Assert.Equal(newestFirst, Ids(told["at_once"]));
        Assert.Equal(newestFirst.Reverse(), Ids(told["upwards"]));
        Assert.Equal(newestFirst[14..21], Ids(told["third_page"]));
        Assert.Equal(jobs, Ids(told["by_keys"]));
    }

    [Fact]
    public async Task A_cancelled_pipeline_runs_no_further_job()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.Runs(ServedGitLab.Job("build", "build", seconds: 600), ServedGitLab.Job("test", "test"));
        GitLabPipeline pipeline = await gitLab.PipelineAsync();
        await gitLab.JobAsync("build", "running");
        JsonText.Same("""
            { "before": "running", "after": "canceled", "jobs": { "test": "canceled", "build": "canceled" } }
            """, await gitLab.AskAsync("pipeline_cancel", new JsonObject { ["pipeline"] = pipeline.Id }));
    }

    [Fact]
    public async Task A_child_pipeline_is_found_by_its_bridge_and_not_among_the_projects_pipelines()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        var attempt = new JobAttempt
        {
            Artifacts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["results/summary.txt"] = "2 ü", ["results/junit.xml"] = "<x/>" },
            Tests = [new TestCase("boot", "boots", "success"), new TestCase("boot", "halts", "failed", "timed out")],
        };
        var child = new PipelineScript([ServedGitLab.Job("test", "test", attempt)]);
        gitLab.Runs(new JobScript("trigger", "trigger") { Trigger = new DownstreamScript { Script = child } });
        GitLabPipeline parent = await gitLab.PipelineAsync();
        GitLabJob job = await gitLab.JobAsync("test", "success");
        JsonText.Same($$"""
            {
              "bridge": { "name": "trigger", "status": "success" },
              "parents_jobs": [],
              "child": { "id": {{job.Pipeline.Id}}, "source": "parent_pipeline", "status": "success" },
              "listed": [{{parent.Id}}],
              "listed_children": [{{job.Pipeline.Id}}],
              "artifact": "2 ü",
              "archive": ["results/junit.xml", "results/summary.txt"],
              "missing": { "type": "GitlabGetError", "status": 404, "message": "404 Not Found" },
              "report": { "total": 2, "failed": 1, "suites": ["boot"] }
            }
            """, await gitLab.AskAsync("downstream", new JsonObject { ["pipeline"] = parent.Id }));
    }

    private static long[] Ids(JsonNode? list) => [.. list!.AsArray().Select(id => (long)id!)];
}
