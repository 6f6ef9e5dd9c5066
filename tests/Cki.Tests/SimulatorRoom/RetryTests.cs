using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

public sealed class RetryTests
{
    private readonly World _world = new();

    [Fact]
    public async Task A_retry_is_a_new_job_of_the_same_name_with_a_higher_id()
    {
        long id = await AHalfFailedPipelineAsync();
        (int status, string body) = await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry");
        Assert.Equal((201, 20004L, "build a", "pending"), (status, (long)JsonNode.Parse(body)!["id"]!,
            (string)JsonNode.Parse(body)!["name"]!, (string)JsonNode.Parse(body)!["status"]!));
        Assert.Equal("cki-bot", (string)JsonNode.Parse(body)!["user"]!["username"]!);
        _world.Pass(10);
        Assert.Equal("running", _world.GitLab.Pipelines.Single(pipeline => pipeline.Id == id).Status);
    }

    [Fact]
    public async Task Superseded_tries_are_listed_only_when_asked_for()
    {
        long id = await AHalfFailedPipelineAsync();
        await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry");
        _world.Pass(5);
        Assert.Equal(["20004 build a running", "20003 test created", "20002 build b success"], await _world.JobsAsync(id));
        Assert.Equal(["20004 build a running", "20003 test created", "20002 build b success", "20001 build a failed"],
            await _world.JobsAsync(id, "&include_retried=true"));
    }

    [Theory]
    [InlineData("True", 4)]
    [InlineData("yes", 4)]
    [InlineData("1", 4)]
    [InlineData("False", 3)]
    [InlineData("0", 3)]
    public async Task Yes_and_no_are_taken_in_every_spelling_of_GitLabs(string word, int jobs)
    {
        long id = await AHalfFailedPipelineAsync();
        await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry");
        Assert.Equal(jobs, (await _world.JobsAsync(id, $"&include_retried={word}")).Length);
    }

    [Fact]
    public async Task Later_jobs_that_were_skipped_return_under_their_own_ids_and_run()
    {
        long id = await AHalfFailedPipelineAsync();
        Assert.Equal(["20003 test skipped", "20002 build b success", "20001 build a failed"], await _world.JobsAsync(id));
        await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry");
        Assert.Equal(["20004 build a pending", "20003 test created", "20002 build b success"], await _world.JobsAsync(id));
        _world.Pass(140);
        Assert.Equal(["20004 build a success", "20003 test success", "20002 build b success"], await _world.JobsAsync(id));
        Assert.Equal("success", _world.GitLab.Pipelines.Single().Status);
    }

    [Fact]
    public async Task Later_jobs_that_failed_stay_failed()
    {
        _world.Runs(
            ABrokenJob("build", "build") with { AllowFailure = true }, ABrokenJob("test", "test"), new JobScript("report", "report"));
        long id = await _world.StartAsync();
        _world.Pass(180);
        await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry");
        _world.Pass(70);
        Assert.Equal(["20004 build success", "20003 report skipped", "20002 test failed"], await _world.JobsAsync(id));
    }

    [Fact]
    public async Task A_superseded_job_is_not_retryable()
    {
        await AHalfFailedPipelineAsync();
        await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry");
        Assert.Equal((403, """{"message":"403 Forbidden  - Job is not retryable"}"""),
            await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry"));
    }

    [Fact]
    public async Task A_running_job_is_not_retryable()
    {
        await _world.StartAsync();
        _world.Pass(10);
        Assert.Equal(403, (await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/retry")).Status);
    }

    [Fact]
    public async Task A_pipeline_retry_repeats_what_failed_and_nothing_else()
    {
        long id = await AHalfFailedPipelineAsync();
        Assert.Equal(201, (await _world.SendAsync("POST", $"{_world.Root}/pipelines/{id}/retry")).Status);
        _world.Pass(140);
        Assert.Equal(["20004 build a success", "20003 test success", "20002 build b success"], await _world.JobsAsync(id));
        Assert.Equal(201, (await _world.SendAsync("POST", $"{_world.Root}/pipelines/{id}/retry")).Status);
        Assert.Equal(4, _world.GitLab.Jobs.Count);
    }

    [Fact]
    public async Task GitLabs_own_retry_makes_the_next_try_by_itself()
    {
        _world.Runs(ABrokenJob("build", "build") with { NativeRetries = 2 });
        long id = await _world.StartAsync();
        _world.Pass(150);
        Assert.Equal(["20002 build success", "20001 build failed"], await _world.JobsAsync(id, "&include_retried=true"));
    }

    [Fact]
    public async Task One_failure_cancels_its_siblings_where_the_pipeline_says_so()
    {
        _world.GitLab.Script = _ => new PipelineScript([ABrokenJob("a", "build"),
            new JobScript("b", "build") { Attempts = [new() { Duration = TimeSpan.FromHours(1) }] }]) { CancelAllOnFailure = true };
        long id = await _world.StartAsync();
        _world.Pass(90);
        Assert.Equal(["20002 b canceled", "20001 a failed"], await _world.JobsAsync(id));
    }

    private async Task<long> AHalfFailedPipelineAsync()
    {
        _world.Runs(ABrokenJob("build a", "build"), new JobScript("build b", "build"), new JobScript("test", "test"));
        long id = await _world.StartAsync();
        _world.Pass(90);
        return id;
    }

    /// <summary>Fails at first, succeeds when tried again.</summary>
    private static JobScript ABrokenJob(string name, string stage) =>
        new(name, stage) { Attempts = [JobAttempt.Failed(RunnerTraces.SystemFailure(), "runner_system_failure"), new()] };
}
