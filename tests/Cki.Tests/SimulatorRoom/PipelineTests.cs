using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

public sealed class PipelineTests
{
    private readonly World _world = new();

    [Fact]
    public async Task A_pipeline_runs_its_stages_in_order()
    {
        _world.Runs(new JobScript("build", "build"), new JobScript("test", "test"));
        long id = await _world.StartAsync();
        Assert.Equal(["20002 test created", "20001 build pending"], await _world.JobsAsync(id));
        _world.Pass(10);
        Assert.Equal(["20002 test created", "20001 build running"], await _world.JobsAsync(id));
        _world.Pass(60);
        Assert.Equal(["20002 test running", "20001 build success"], await _world.JobsAsync(id));
        _world.Pass(70);
        Assert.Equal(["20002 test success", "20001 build success"], await _world.JobsAsync(id));
        Assert.Equal("success", (string)(await _world.GetAsync($"{_world.Root}/pipelines/{id}"))["status"]!);
    }

    [Fact]
    public async Task A_failed_job_skips_what_comes_later()
    {
        _world.Runs(AFailingJob("build", "build"), new JobScript("test", "test"));
        long id = await _world.StartAsync();
        _world.Pass(90);
        Assert.Equal(["20002 test skipped", "20001 build failed"], await _world.JobsAsync(id));
        Assert.Equal("failed", _world.GitLab.Pipelines.Single().Status);
    }

    [Fact]
    public async Task A_failure_that_is_allowed_passes_with_warnings()
    {
        _world.Runs(AFailingJob("lint", "build") with { AllowFailure = true }, new JobScript("test", "test"));
        long id = await _world.StartAsync();
        _world.Pass(180);
        JsonNode pipeline = await _world.GetAsync($"{_world.Root}/pipelines/{id}");
        Assert.Equal(("success", "passed with warnings"), ((string)pipeline["status"]!, (string)pipeline["detailed_status"]!["text"]!));
    }

    [Fact]
    public async Task A_manual_job_that_gates_blocks_until_it_is_played()
    {
        _world.Runs(new JobScript("gate", "gate") { When = "manual" }, new JobScript("test", "test"));
        long id = await _world.StartAsync();
        _world.Pass(5);
        Assert.Equal("manual", _world.GitLab.Pipelines.Single().Status);
        Assert.Equal(200, (await _world.SendAsync("POST", $"{_world.Root}/jobs/20001/play")).Status);
        _world.Pass(180);
        Assert.Equal(["20002 test success", "20001 gate success"], await _world.JobsAsync(id));
    }

    [Fact]
    public async Task A_delayed_job_starts_when_its_time_has_come()
    {
        _world.Runs(new JobScript("later", "build") { When = "delayed", StartIn = TimeSpan.FromMinutes(5) });
        long id = await _world.StartAsync();
        _world.Pass(290);
        Assert.Equal(["20001 later scheduled"], await _world.JobsAsync(id));
        _world.Pass(30);
        Assert.Equal(["20001 later running"], await _world.JobsAsync(id));
    }

    [Fact]
    public async Task A_job_with_needs_does_not_wait_for_its_stage()
    {
        _world.Runs(
            new JobScript("build a", "build"), new JobScript("build b", "build") { Attempts = [new() { Duration = TimeSpan.FromHours(1) }] },
            new JobScript("test a", "test") { Needs = ["build a"] });
        long id = await _world.StartAsync();
        _world.Pass(90);
        Assert.Equal(["20003 test a running", "20002 build b running", "20001 build a success"], await _world.JobsAsync(id));
    }

    [Fact]
    public async Task A_cancelled_pipeline_ends_all_that_had_not_ended()
    {
        _world.Runs(new JobScript("build", "build"), new JobScript("test", "test"));
        long id = await _world.StartAsync();
        _world.Pass(90);
        (int status, string body) = await _world.SendAsync("POST", $"{_world.Root}/pipelines/{id}/cancel");
        Assert.Equal((200, "canceled"), (status, (string)JsonNode.Parse(body)!["status"]!));
        Assert.Equal(["20002 test canceled", "20001 build success"], await _world.JobsAsync(id));
        _world.Pass(300);
        Assert.Equal(["20002 test canceled", "20001 build success"], await _world.JobsAsync(id));
    }

    [Fact]
    public async Task A_job_stays_pending_without_a_runner_and_GitLab_gives_up_after_an_hour()
    {
        _world.Runs(new JobScript("build", "build") { Tags = ["s390x"] });
        long id = await _world.StartAsync();
        _world.Pass(3500);
        Assert.Equal(["20001 build pending"], await _world.JobsAsync(id));
        _world.Pass(200);
        Assert.Equal("stuck_pending_no_matching_runners", (string)(await _world.GetAsync($"{_world.Root}/jobs/20001"))["failure_reason"]!);
    }

    [Fact]
    public async Task A_runner_takes_no_more_jobs_than_it_has_slots()
    {
        GitLabRunner small = _world.GitLab.AddRunner("small", "one");
        small.Slots = 1;
        _world.Runs(new JobScript("a", "build") { Tags = ["one"] }, new JobScript("b", "build") { Tags = ["one"] });
        long id = await _world.StartAsync();
        _world.Pass(30);
        Assert.Equal(["20002 b pending", "20001 a running"], await _world.JobsAsync(id));
        _world.Pass(60);
        Assert.Equal(["20002 b running", "20001 a success"], await _world.JobsAsync(id));
    }

    [Fact]
    public async Task A_paused_runner_takes_nothing_new()
    {
        (int status, _) = await _world.SendAsync("PUT", "runners/41", """{"paused":true}""");
        Assert.Equal(200, status);
        long id = await _world.StartAsync();
        _world.Pass(60);
        Assert.Equal(["20001 build pending"], await _world.JobsAsync(id));
        await _world.SendAsync("PUT", "runners/41", """{"paused":false}""");
        _world.Pass(10);
        Assert.Equal(["20001 build running"], await _world.JobsAsync(id));
    }

    [Theory]
    [InlineData("""{}""", 400, """{"error":"ref is missing"}""")]
    [InlineData("""{"ref":"no-such"}""", 400, """{"message":{"base":["Reference not found"]}}""")]
    [InlineData("""{"ref":"main","variables":7}""", 400, """{"error":"variables is invalid"}""")]
    public async Task A_pipeline_that_cannot_be_is_refused_in_GitLabs_words(string body, int status, string answer) =>
        Assert.Equal((status, answer), await _world.SendAsync("POST", $"{_world.Root}/pipeline", body));

    [Fact]
    public async Task Variables_are_refused_where_they_are_forbidden()
    {
        _world.Project.VariablesAllowed = false;
        Assert.Equal((400, """{"message":{"base":["Insufficient permissions to set pipeline variables"]}}"""),
            await _world.SendAsync("POST", $"{_world.Root}/pipeline", """{"ref":"main","variables":[{"key":"A","value":"b"}]}"""));
        Assert.Empty(_world.GitLab.Pipelines);
    }

    [Fact]
    public async Task A_pipeline_carries_its_variables_and_its_script_sees_them()
    {
        _world.GitLab.Script = request => new PipelineScript([new JobScript("build " + request.Variables["arch"], "build")]);
        long id = await _world.StartAsync("""[{"key":"arch","value":"s390x"},{"key":"CKI_RUN_ID","value":"r-1"}]""");
        Assert.Equal(["20001 build s390x pending"], await _world.JobsAsync(id));
        Assert.Equal("r-1", _world.GitLab.Pipelines.Single().RunId);
        Assert.Equal(["CKI_RUN_ID=r-1", "arch=s390x"], (await _world.GetAsync($"{_world.Root}/pipelines/{id}/variables")).AsArray()
            .Select(variable => $"{variable!["key"]}={variable["value"]}"));
    }

    private static JobScript AFailingJob(string name, string stage) =>
        new(name, stage) { Attempts = [JobAttempt.Failed(RunnerTraces.CompileError())] };
}
