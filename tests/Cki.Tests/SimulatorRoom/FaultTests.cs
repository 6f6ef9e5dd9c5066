using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

public sealed class FaultTests
{
    private const string CreatePipeline = "POST /projects/:id/pipeline";
    private readonly World _world = new();

    [Fact]
    public async Task An_answer_lost_afterwards_leaves_a_pipeline_behind()
    {
        await LoseAsync(ApiFault.LostAfter);
        Assert.Single(_world.GitLab.Pipelines);
        Assert.Equal((0, "LostAfter"), (_world.GitLab.Writes.Single().Status, _world.GitLab.Writes.Single().Fault));
    }

    [Fact]
    public async Task An_answer_lost_before_leaves_nothing_behind()
    {
        await LoseAsync(ApiFault.LostBefore);
        _world.Pass(120);
        Assert.Empty(_world.GitLab.Pipelines);
    }

    [Fact]
    public async Task A_late_effect_comes_within_a_minute_of_the_lost_connection()
    {
        await LoseAsync(ApiFault.LateEffect);
        Assert.Empty(_world.GitLab.Pipelines);
        _world.Pass(61);
        Assert.Single(_world.GitLab.Pipelines);
    }

    [Fact]
    public async Task A_fault_strikes_as_often_as_it_was_told()
    {
        _world.GitLab.Faults.Api(ApiFault.ServiceUnavailable, new FaultWhen { On = "GET /version", Times = 2 });
        Assert.Equal("503 503 200", $"{await StatusAsync("version")} {await StatusAsync("version")} {await StatusAsync("version")}");
    }

    [Fact]
    public async Task A_fault_strikes_no_other_route()
    {
        _world.GitLab.Faults.Api(ApiFault.InternalServerError, new FaultWhen { On = "GET /version" });
        Assert.Equal("500 200", $"{await StatusAsync("version")} {await StatusAsync("user")}");
    }

    [Fact]
    public async Task Dice_decide_where_a_fault_has_a_chance()
    {
        _world.GitLab.Faults.Api(ApiFault.InternalServerError, new FaultWhen { Chance = 0.4 });
        Assert.Equal(200, await StatusAsync("version"));
        _world.GitLab.Faults.Api(ApiFault.BadGateway, new FaultWhen { Chance = 0.6 });
        Assert.Equal(502, await StatusAsync("version"));
        _world.GitLab.Faults.Clear();
        Assert.Equal(200, await StatusAsync("version"));
    }

    [Fact]
    public async Task An_outage_stops_answers_and_webhooks_but_no_jobs()
    {
        _world.GitLab.AddHook(_world.Project, "https://cki.example/", hook => hook.JobEvents = true);
        await _world.StartAsync();
        DateTimeOffset now = _world.Clock.GetUtcNow();
        _world.GitLab.Faults.Outage(now, now.AddMinutes(10));
        _world.Pass(300);
        Assert.Equal(502, await StatusAsync("version"));
        Assert.Equal("success", _world.GitLab.Jobs.Single().Status);
        Assert.Equal(["Job Hook", "Job Hook"], _world.Peer.Events);
        _world.Pass(301);
        Assert.Equal(200, await StatusAsync("version"));
    }

    [Fact]
    public async Task A_hang_lasts_until_the_caller_gives_up()
    {
        _world.GitLab.Faults.Api(ApiFault.Hang, new FaultWhen { On = CreatePipeline });
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), _world.Clock);
        Task<HttpResponseMessage> answer = _world.Http.PostAsync($"{_world.Root}/pipeline", new StringContent("""{"ref":"main"}"""), patience.Token);
        _world.Pass(29);
        Assert.False(answer.IsCompleted);
        _world.Pass(2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Empty(_world.GitLab.Pipelines);
    }

    [Fact]
    public async Task The_fronts_429_is_plain_text_with_all_headers()
    {
        _world.GitLab.Faults.Api(ApiFault.TooManyRequests, new FaultWhen());
        using HttpResponseMessage answer = await _world.Http.GetAsync("version", TestContext.Current.CancellationToken);
        Assert.Equal((429, "text/plain", "Retry later\n", TimeSpan.FromSeconds(60)), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Headers.RetryAfter!.Delta));
        Assert.Equal(["RateLimit-Limit", "RateLimit-Name", "RateLimit-Observed", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"],
            answer.Headers.Select(header => header.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_user_over_the_rate_limit_is_refused_until_the_minute_is_over()
    {
        var world = new World(new GitLabSettings { RequestsPerMinute = 2 });
        for (int i = 0; i < 2; i++)
            Assert.Equal(200, (await world.SendAsync("GET", "user")).Status);
        Assert.Equal((429, "Retry later\n"), await world.SendAsync("GET", "user"));
        world.Pass(61);
        Assert.Equal(200, (await world.SendAsync("GET", "user")).Status);
    }

    [Fact]
    public void A_duplicate_arrives_twice_with_one_key()
    {
        PushWith(HookFault.Duplicate);
        _world.Pass(61);
        string[] keys = [.. _world.Peer.Received.Select(received => received.Request.Headers.GetValues("Idempotency-Key").Single())];
        Assert.Equal(2, keys.Length);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public void A_dropped_webhook_never_arrives()
    {
        PushWith(HookFault.Drop);
        _world.Pass(3600);
        Assert.Empty(_world.Peer.Received);
        Assert.Equal("dropped", _world.GitLab.WebhooksSent.Single().Outcome);
    }

    [Fact]
    public void A_younger_event_overtakes_a_reordered_one()
    {
        PushWith(HookFault.Reorder);
        GitLabCommit second = _world.GitLab.Commit("cki/kernel-tests", "main", "second");
        _world.Pass(60);
        Assert.Equal([true, false], _world.Peer.Received.Select(received => received.Body.Contains($"\"after\":\"{second.Sha}\"")));
    }

    [Fact]
    public async Task Broken_runners_kill_the_next_jobs_and_then_work_again()
    {
        _world.GitLab.Faults.Jobs(JobFault.BreaksInPrepare, new FaultWhen { Times = 1 });
        _world.GitLab.Faults.Jobs(JobFault.BreaksInScript, new FaultWhen { Times = 1 });
        await _world.StartAsync();
        await _world.StartAsync();
        await _world.StartAsync();
        _world.Pass(120);
        Assert.Equal(["runner_system_failure", "runner_system_failure", null], _world.GitLab.Jobs.Select(job => job.FailureReason));
        string trace = await _world.Http.GetStringAsync($"{_world.Root}/jobs/20002/trace", TestContext.Current.CancellationToken);
        Assert.Contains("$ make -j24", trace);
        Assert.Contains("ERROR: Job failed (system failure): pods \"runner-k8s-project-11-concurrent-0\" not found", trace);
    }

    [Fact]
    public async Task A_stuck_pipeline_stays_running_though_its_jobs_are_done()
    {
        _world.GitLab.Faults.StuckPipelines(new FaultWhen());
        await _world.StartAsync();
        _world.Pass(3600);
        Assert.Equal(("running", "success"), (_world.GitLab.Pipelines.Single().Status, _world.GitLab.Jobs.Single().Status));
    }

    [Fact]
    public async Task A_job_stuck_in_pending_is_given_up_after_a_day()
    {
        _world.GitLab.Faults.Jobs(JobFault.StuckPending, new FaultWhen { On = "build" });
        await _world.StartAsync();
        _world.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal("pending", _world.GitLab.Jobs.Single().Status);
        _world.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("stuck_pending_with_matching_runners", _world.GitLab.Jobs.Single().FailureReason);
    }

    private async Task LoseAsync(ApiFault fault)
    {
        _world.GitLab.Faults.Api(fault, new FaultWhen { On = CreatePipeline, Times = 1 });
        await Assert.ThrowsAsync<HttpRequestException>(() => _world.SendAsync("POST", $"{_world.Root}/pipeline", """{"ref":"main"}"""));
    }

    private void PushWith(HookFault fault)
    {
        _world.GitLab.AddHook(_world.Project, "https://cki.example/");
        _world.GitLab.Faults.Hooks(fault, new FaultWhen { Times = 1 });
        _world.GitLab.Commit("cki/kernel-tests", "main", "first");
    }

    private async Task<int> StatusAsync(string path) => (await _world.SendAsync("GET", path)).Status;
}
