using System.Net;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.ReportingRoom;

/// <summary>From a settled run to KCIDB's verdict on its submission, against a peer that looks into documents later, as KCIDB does.</summary>
public sealed class KcidbStageTests
{
    private readonly KcidbPeer _peer;
    private readonly ReportingWorld _world;
    private readonly GitLabWorld _gitLab;
    private readonly RunDetection _run = Runs.Detection();

    public KcidbStageTests()
    {
        SuiteConfig config = A.Config(A.Tree() with { ReportTo = ["kcidb"] });
        config = config with { Channels = [.. config.Channels, new ChannelConfig.Kcidb("kcidb", new Uri("https://kcidb.example/"), KcidbRuns.Origin, "kcidb-token")] };
        GitLabWorld? gitLab = null;
        KcidbPeer? peer = null;
        _world = new ReportingWorld(config, memory =>
        {
            gitLab = new GitLabWorld(memory.Clock, _ => 0.5, new HttpClient(new KcidbPeer()));
            return peer = new KcidbPeer { Elsewhere = new HttpMessageInvoker(new GitLabMessageHandler(gitLab)) };
        });
        (_gitLab, _peer) = (gitLab!, peer!);
        _world.Memory.Secrets.Values["kcidb-token"] = KcidbPeer.Token;
    }

    private async Task<RunDetection> SettledAsync(Verdict verdict, params JobScript[] jobs)
    {
        GitLabProject project = _gitLab.AddProject(A.PipelineProject.Path);
        GitLabUser bot = _gitLab.AddUser("cki-bot");
        _gitLab.AddToken(bot, "glpat-test");
        _gitLab.AddMember(project, bot, GitLabRole.Maintainer);
        _gitLab.AddRunner("r1");
        _gitLab.Commit(project.Path, "main", "net: fix a leak");
        _gitLab.Script = _ => new PipelineScript(jobs);
        using var client = new HttpClient(new GitLabMessageHandler(_gitLab));
        using var post = new HttpRequestMessage(HttpMethod.Post, $"https://gitlab.example/api/v4/projects/{Uri.EscapeDataString(project.Path)}/pipeline") { Content = new StringContent("""{"ref":"main"}""", null, "application/json") };
        post.Headers.Add("PRIVATE-TOKEN", "glpat-test");
        using HttpResponseMessage answer = await client.SendAsync(post, TestContext.Current.CancellationToken);
        var pipeline = new PipelineRef(A.PipelineProject, (long)JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["id"]!);
        for (int i = 0; i < 60; i++)
            _world.Memory.Clock.Advance(TimeSpan.FromSeconds(10));
        RunAttempt attempt = KcidbRuns.Attempt(verdict, "so it ended") with { Pipeline = pipeline };
        _world.Memory.Store.Set(RunIds.DetectionKey(_run.Run), _run, DocumentJson.Default.RunDetection);
        _world.Memory.Store.Set(RunIds.PipelineKey(_run.Run), new RunPipeline(_run.Run) { Attempts = [attempt] }, DocumentJson.Default.RunPipeline);
        _world.Send(new RunSettled(_run.Run, 1));
        return _run;
    }

    private ReportDelivery Delivery => _world.Delivery(_run.Run, "kcidb", "final-1")!;

    private static string[] Told(JsonObject document) =>
        [.. new[] { "builds", "tests" }.SelectMany(l => document[l]!.AsArray().Select(o => $"{o!["comment"]} {o["status"]}"))];

    private string[] Notices => [.. _world.Taken.Where(t => t.Channel == "operators" && t.Report.Notice is not null).Select(t => t.Report.Subject)];

    [Fact]
    public async Task All_jobs_are_submitted_once_and_followed_until_they_were_read()
    {
        _peer.LooksUntilRead = 3;
        await SettledAsync(Verdict.Passed, new JobScript("build x86_64", "build"), new JobScript("boot x86_64", "test"));
        await _world.RunAsync();
        Assert.Equal(["build x86_64 PASS", "boot x86_64 PASS"], Told(Assert.Single(_peer.Taken)));
        Assert.Equal((DeliveryState.Sent, "submission0"), (Delivery.State, Delivery.PeerId));
        Assert.Equal(3, _peer.Looks);
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
        Assert.NotNull(_world.Report(_run.Run)!.ClosedAt);
        Assert.Empty(Notices);
        await KcidbReference.CheckAsync([.. _peer.Taken]);
    }

    [Fact]
    public async Task Jobs_without_evidence_are_errors_also_where_the_verdict_is_for_operators()
    {
        await SettledAsync(Verdict.Undetermined, new JobScript("build x86_64", "build"), new JobScript("boot x86_64", "test") { Attempts = [Try.Failed(RunnerTraces.SystemFailure(), "runner_system_failure")] });
        await _world.RunAsync();
        Assert.Equal(["build x86_64 PASS", "boot x86_64 ERROR"], Told(Assert.Single(_peer.Taken)));
        await KcidbReference.CheckAsync([.. _peer.Taken]);
    }

    [Fact]
    public async Task A_file_among_the_artefacts_is_taken_over()
    {
        string file = KcidbRuns.FileText("a", "x86_64");
        await SettledAsync(Verdict.Failed, new JobScript("build x86_64", "build"), new JobScript("test x86_64", "test") { Attempts = [new Try { Artifacts = new Dictionary<string, string> { ["kcidb_all.json"] = file } }] });
        await _world.RunAsync();
        JsonObject document = Assert.Single(_peer.Taken);
        Assert.Equal(["example_ci:t-a-1", "example_ci:t-a-2"], document["tests"]!.AsArray().Select(t => (string)t!["id"]!));
        await KcidbReference.CheckAsync(document);
    }

    [Fact]
    public async Task Trouble_is_waited_out_and_nothing_is_lost()
    {
        foreach (HttpStatusCode trouble in new[] { HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError, HttpStatusCode.Unauthorized, HttpStatusCode.BadGateway, HttpStatusCode.OK })
            _peer.Troubles.Enqueue(trouble);
        await SettledAsync(Verdict.Passed, new JobScript("build x86_64", "build"));
        await _world.RunAsync(TimeSpan.FromHours(6));
        Assert.Single(_peer.Taken);
        Assert.Equal(DeliveryState.Sent, Delivery.State);
        Assert.Empty(_peer.Troubles);
        Assert.DoesNotContain(_world.Memory.Store.Under(DueMarker.Prefix), k => k.Contains("/kcidb/") || k.Contains("/report/"));
    }

    [Fact]
    public async Task A_status_that_cannot_be_had_is_asked_again()
    {
        _peer.LooksUntilRead = 1;
        await SettledAsync(Verdict.Passed, new JobScript("build x86_64", "build"));
        await _world.RunAsync(TimeSpan.FromMinutes(1));
        foreach (HttpStatusCode trouble in new[] { HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK, HttpStatusCode.Forbidden })
            _peer.Troubles.Enqueue(trouble);
        await _world.RunAsync();
        Assert.Equal(4, _peer.Looks);
        Assert.Empty(Notices);
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix));
    }

    [Theory]
    [InlineData("failed", "KCIDB refused submission submission0: File is failed")]
    [InlineData("error", "KCIDB refused submission submission0: File is error")]
    [InlineData(null, "KCIDB knows no submission submission0 any more")]
    [InlineData("inprogress", "KCIDB has not read submission submission0 within a day; it last said: inprogress")]
    public async Task A_submission_that_comes_to_nothing_is_parked_and_operators_hear_of_it(string? verdict, string reason)
    {
        _peer.Verdict = verdict;
        await SettledAsync(Verdict.Passed, new JobScript("build x86_64", "build"));
        await _world.RunAsync(TimeSpan.FromHours(26));
        Assert.Equal((DeliveryState.Parked, reason), (Delivery.State, Delivery.LastError));
        Assert.Equal(["[CKI] NOTICE KCIDB does not keep what channel kcidb submits"], Notices.Take(1));
        Assert.Contains(reason, _world.Taken.First(t => t.Report.Notice is not null).Report.Text.ReplaceLineEndings(" ").Replace("  ", " "));
        Assert.DoesNotContain(_world.Memory.Store.Under(DueMarker.Prefix), k => k.Contains("/kcidb/"));
    }

    [Fact]
    public async Task A_crash_at_any_step_submits_and_follows_up()
    {
        int crashes = 0;
        for (int at = 0; at < 80; at++)
        {
            var test = new KcidbStageTests();
            await test.SettledAsync(Verdict.Passed, new JobScript("build x86_64", "build"));
            var crash = new Crash(test._world.Memory, at);
            await test._world.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            // Rule 10: twice only where the peer's yes was not noted; its objects are the same.
            Assert.InRange(test._peer.Taken.Count, 1, 2);
            Assert.Single(test._peer.Taken.Select(d => d.ToJsonString()).Distinct());
            Assert.Equal(DeliveryState.Sent, test.Delivery.State);
            Assert.InRange(test._peer.Looks, 1, 4);
            Assert.Equal([], test._world.Memory.Store.Under(DueMarker.Prefix));
        }
        Assert.InRange(crashes, 20, 79);
    }

    [Fact]
    public async Task A_pipeline_that_is_gone_leaves_the_checkout()
    {
        RunDetection run = await SettledAsync(Verdict.Infrastructure, new JobScript("build x86_64", "build"));
        RunAttempt gone = KcidbRuns.Attempt(Verdict.Infrastructure, "the pipeline was deleted") with { Pipeline = A.Pipeline(424242) };
        _world.Memory.Store.Set(RunIds.PipelineKey(run.Run), new RunPipeline(run.Run) { Attempts = [gone] }, DocumentJson.Default.RunPipeline);
        await _world.RunAsync();
        JsonObject document = Assert.Single(_peer.Taken);
        Assert.Empty(document["builds"]!.AsArray());
        Assert.Contains("pipeline gitlab.example/cki/pipelines/pipelines/424242 is gone", document["checkouts"]![0]!["misc"]!["left_out"]!.ToJsonString());
        await KcidbReference.CheckAsync(document);
    }
}
