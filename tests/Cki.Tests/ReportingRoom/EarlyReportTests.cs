using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>Strong evidence is told before everything has settled; the final follows only where it changes the picture.</summary>
public sealed class EarlyReportTests
{
    private static readonly string[] s_lines = ["drivers/net/foo/bar.c:812:17: error: 'struct foo_priv' has no member named 'ring'"];

    private readonly ReportingWorld _world = new();

    private string[] Told => [.. _world.Taken.Select(t => $"{t.Channel} {t.Report.Kind} {t.Report.Subject}")];

    /// <summary>A running attempt of which herding recorded a compile error.</summary>
    private RunId Running(bool isAllowed = false, JobFinding finding = JobFinding.Failed)
    {
        RunId run = _world.Arrange(null).Run;
        Record(new JobRecord(A.Pipeline(1001), "build aarch64", "build")
        {
            AllowFailure = isAllowed,
            Attempts = [new JobAttempt(4711, "failed", "script_failure", "k8s-1", "https://gitlab.example/cki/pipelines/-/jobs/4711", A.Decision(finding: finding) with { Quote = s_lines }, A.Noon)],
        });
        return run;
    }

    private void Record(JobRecord record) => _world.Memory.Store.Set(JobRecord.Key(record.Pipeline, record.Name), record, DocumentJson.Default.JobRecord);

    private static RunResult Settled(params ResultCell[] more) => new(Verdict.Failed, "build aarch64: because the test says so")
    {
        Cells = [new ResultCell("aarch64", "build", CellResult.Fail, 0, 1, null), new ResultCell("aarch64", "test", CellResult.NotRun, 0, 1, "its build failed"), .. more],
        Failures = [new FailedJob("build aarch64", "build", 4711, "https://gitlab.example/cki/pipelines/-/jobs/4711", s_lines, "because the test says so") { Architecture = "aarch64", Attempts = 1, FailedAttempts = 1 }],
    };

    private async Task<RunId> ToldEarlyAsync()
    {
        RunId run = Running();
        _world.Send(new EvidenceFound(run, 1));
        await _world.RunAsync(TimeSpan.FromMinutes(10));
        return run;
    }

    private Task SettleAsync(RunId run, RunResult result)
    {
        _world.Arrange(result);
        _world.Send(new RunSettled(run, 1));
        return _world.RunAsync();
    }

    [Fact]
    public async Task Evidence_is_told_to_people_at_once_and_to_no_commit_status()
    {
        RunId run = Running();
        for (int i = 0; i < 5; i++)
            _world.Send(new EvidenceFound(run, 1));
        await _world.RunAsync();
        Assert.Equal(["developers early-1 [CKI] FAIL build aarch64: mainline/main 777777777777 (foo: add bar)"], Told);
        Assert.Contains("Status       EARLY: other jobs still run, or wait to.", _world.Taken[0].Report.Text);
        Assert.Empty(_world.Peer.Statuses);
        Assert.Null(_world.Report(run));
        Assert.Equal([], _world.Memory.Store.Under(DueMarker.Prefix).Where(k => k.Contains("/report/")));
    }

    [Theory]
    [InlineData(true, JobFinding.Failed)]
    [InlineData(false, JobFinding.Known)]
    [InlineData(false, JobFinding.Undetermined)]
    [InlineData(false, JobFinding.Infrastructure)]
    public async Task Nothing_else_is_told_early(bool isAllowed, JobFinding finding)
    {
        RunId run = Running(isAllowed, finding);
        _world.Send(new EvidenceFound(run, 1));
        await _world.RunAsync();
        Assert.Empty(Told);
    }

    [Fact]
    public async Task Evidence_in_a_downstream_pipeline_is_told_by_the_name_of_its_bridge()
    {
        RunId run = _world.Arrange(null).Run;
        var child = new PipelineState(A.Pipeline(2000)) { Run = run, Attempt = 1, Path = "arm64" };
        _world.Memory.Store.Set(A.Pipeline(1001).Key, new PipelineState(A.Pipeline(1001)) { Run = run, Attempt = 1, Downstream = [child.Pipeline] }, DocumentJson.Default.PipelineState);
        _world.Memory.Store.Set(child.Pipeline.Key, child, DocumentJson.Default.PipelineState);
        Record(new JobRecord(child.Pipeline, "build", "build") { Attempts = [new JobAttempt(9, "failed", null, null, "", A.Decision() with { Quote = s_lines }, A.Noon)] });
        _world.Send(new EvidenceFound(run, 1));
        await _world.RunAsync();
        Assert.Contains("Fails        arm64 / build (stage build): because the test says so\n", Assert.Single(_world.Taken).Report.Text);
        Assert.Equal("[CKI] FAIL build aarch64: mainline/main 777777777777 (foo: add bar)", _world.Taken[0].Report.Subject);
    }

    [Fact]
    public async Task A_final_that_says_the_same_is_not_sent_to_people_and_the_run_closes()
    {
        RunId run = await ToldEarlyAsync();
        await SettleAsync(run, Settled());
        Assert.Single(Told);
        ReportDelivery final = _world.Delivery(run, "developers", "final-1")!;
        Assert.Equal((DeliveryState.Omitted, "early-1 said the same"), (final.State, final.LastError));
        Assert.Equal(["failed"], _world.Peer.Statuses.Select(s => s.State));
        Assert.NotNull(_world.Report(run)!.ClosedAt);
    }

    [Fact]
    public async Task A_final_with_more_failures_follows_in_the_thread()
    {
        RunId run = await ToldEarlyAsync();
        RunResult more = Settled();
        await SettleAsync(run, more with { Failures = [.. more.Failures, more.Failures[0] with { Name = "build x86_64", JobId = 5 }] });
        Assert.Equal(["developers early-1", "developers final-1"], _world.Taken.Select(t => $"{t.Channel} {t.Report.Kind}"));
        Assert.StartsWith("Re: [CKI] FAIL build aarch64: ", _world.Taken[1].Report.Subject);
        Assert.Equal(($"{run}.early-1@example.org", 1), (_world.Taken[1].Report.InReplyTo, _world.Taken[1].Report.References.Count));
        Assert.DoesNotContain("CORRECTION", _world.Taken[1].Report.Text);
    }

    [Fact]
    public async Task What_was_not_run_for_another_reason_changes_the_picture()
    {
        RunId run = await ToldEarlyAsync();
        await SettleAsync(run, Settled(new ResultCell("s390x", "test", CellResult.NotRun, 0, 4, "no machine free for 26 h")));
        Assert.EndsWith("(foo: add bar), s390x test not run", _world.Taken[1].Report.Subject);
    }

    [Fact]
    public async Task Evidence_that_comes_after_the_end_is_not_told()
    {
        RunId run = Running();
        _world.Arrange(Settled());
        _world.Send(new EvidenceFound(run, 1));
        _world.Send(new DeliverReport(run, 1, "developers", "early-1"));
        await _world.RunAsync();
        Assert.Empty(Told);
    }

    [Fact]
    public async Task An_early_report_whose_verdict_came_out_otherwise_is_corrected_where_no_final_goes()
    {
        RunId run = await ToldEarlyAsync();
        await SettleAsync(run, Runs.Other(Verdict.Undetermined, "the finding was overruled"));
        Assert.Equal(["developers early-1", "operators final-1", "developers correction-1"], _world.Taken.Select(t => $"{t.Channel} {t.Report.Kind}"));
        Assert.StartsWith("CORRECTION of our report of 2026-11-22 12:00Z: withdrawn; there is no verdict.", _world.Taken[2].Report.Text.ReplaceLineEndings(" "));
        Assert.Equal($"{run}.early-1@example.org", _world.Taken[2].Report.InReplyTo);
    }

    [Fact]
    public async Task An_early_report_whose_run_passed_is_corrected_by_its_final()
    {
        RunId run = await ToldEarlyAsync();
        await SettleAsync(run, Runs.Passed());
        Assert.Equal(["developers early-1", "developers final-1"], _world.Taken.Select(t => $"{t.Channel} {t.Report.Kind}"));
        Assert.StartsWith("Re: [CKI] CORRECTION PASS, not FAIL", _world.Taken[1].Report.Subject);
        Assert.Equal(["success"], _world.Peer.Statuses.Select(s => s.State));
    }

    [Fact]
    public async Task A_final_waits_for_the_early_one_s_try_and_not_for_the_whole_of_its_claim()
    {
        RunId run = _world.Arrange(Runs.Failed()).Run;
        var early = new ReportDelivery(run, "developers", "early-1", DeliveryState.Claimed) { ClaimedUntil = A.Noon.AddMinutes(5), Tries = 1 };
        string key = ReportDelivery.KeyOf(run, "developers", "early-1");
        _world.Memory.Store.Set(key, early, DocumentJson.Default.ReportDelivery);
        _world.Send(new RunSettled(run, 1));
        await _world.RunAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(_world.Taken);
        _world.Memory.Store.Set(key, early with { State = DeliveryState.Sent, ClaimedUntil = null }, DocumentJson.Default.ReportDelivery);
        await _world.RunAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["final-1"], _world.Taken.Select(t => t.Report.Kind));
    }
}
