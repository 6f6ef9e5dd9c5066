using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Contract.Tests;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>Jobs of the simulator as python-gitlab sees them.</summary>
public sealed class JobsByClient
{
    [Fact]
    public async Task A_retry_is_a_new_job_and_the_old_try_is_listed_only_when_asked_for()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.Runs(new JobScript("build", "build")
        {
            Attempts = [JobAttempt.Failed(RunnerTraces.ScriptFailure(["ü: make: *** [all] Error 2"])) with { Duration = TimeSpan.FromMilliseconds(50) },
                new JobAttempt { Duration = TimeSpan.FromMinutes(10) }],
        });
        GitLabPipeline pipeline = await gitLab.PipelineAsync();
        GitLabJob failed = await gitLab.JobAsync("build", "failed");
        JsonNode told = await gitLab.AskAsync("job_retry", new JsonObject { ["pipeline"] = pipeline.Id, ["job"] = failed.Id });

        GitLabJob again = gitLab.World.Jobs[^1];
        Assert.True(again.Id > failed.Id);
        string trace = (string)told["trace"]!;
        Assert.Contains("ü: make: *** [all] Error 2", trace, StringComparison.Ordinal);
        Assert.EndsWith("ERROR: Job failed: exit code 1", trace.Replace("\e[0;m", "", StringComparison.Ordinal).TrimEnd(), StringComparison.Ordinal);
        told.AsObject().Remove("trace");
        JsonText.Same($$"""
            {
              "failed": { "id": {{failed.Id}}, "name": "build", "stage": "build", "status": "failed", "reason": "script_failure", "runner": "runner-1" },
              "again": { "id": {{again.Id}}, "name": "build", "pipeline": {{pipeline.Id}} },
              "latest": [{{again.Id}}],
              "with_retried": [{{again.Id}}, {{failed.Id}}],
              "without_retried": [{{again.Id}}],
              "only_failed": [{{failed.Id}}]
            }
            """, told);
    }

    [Fact]
    public async Task A_running_job_is_not_retried_erased_or_played()
    {
        await using ServedGitLab gitLab = await ServedGitLab.StartAsync();
        gitLab.Runs(ServedGitLab.Job("build", "build", seconds: 600));
        await gitLab.PipelineAsync();
        GitLabJob running = await gitLab.JobAsync("build", "running");
        JsonText.Same("""
            {
              "status": "running",
              "retry": { "type": "GitlabJobRetryError", "status": 403, "message": "403 Forbidden  - Job is not retryable" },
              "erase": { "type": "GitlabJobEraseError", "status": 403, "message": "403 Forbidden  - Job is not erasable!" },
              "play": { "type": "GitlabJobPlayError", "status": 400, "message": "400 Bad request - Unplayable Job" },
              "missing": { "type": "GitlabGetError", "status": 404, "message": "404 Not found" }
            }
            """, await gitLab.AskAsync("job_refusals", new JsonObject { ["job"] = running.Id }));
        Assert.Single(gitLab.World.Jobs);
    }
}
