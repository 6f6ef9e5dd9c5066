using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>Promise 2 where an attempt cannot go on: trouble of ours never takes back evidence against the commit, and never makes any.</summary>
public class BrokenOffTests
{
    private const string OurTrouble = "States.Timeout: it took too long";

    private static readonly JobScript Broken = new("build x86_64", "build") { Attempts = [GitLabSimulator.JobAttempt.Failed(RunnerTraces.Success())] };

    private static JobRecord Record(HerdAct act, JobFinding finding, PipelineRef? pipeline = null, bool allowFailure = false) =>
        new(pipeline ?? A.Pipeline(), "build x86_64", "build")
        {
            AllowFailure = allowFailure,
            Attempts = [new(7, "failed", null, null, "https://gitlab.example/jobs/7", A.Decision(act, finding) with { Quote = ["a line"] }, A.Noon)],
        };

    private static RunResult Of(params JobRecord[] records) => RunResults.OfRecords(records, Verdict.Infrastructure, OurTrouble);

    private static async Task<TriggerWorld> AFailedWorldAsync()
    {
        TriggerWorld world = await OnePipelineTests.AStartedWorldAsync(w => w.Runs(Broken));
        world.Pass(600);
        return world;
    }

    private static Task RefuseAsync(TriggerWorld world, string error = "States.Timeout") =>
        world.CallAsync("refuse-run", new JsonObject { ["error"] = new JsonObject { ["Error"] = error, ["Cause"] = "it took too long" } });

    [Fact]
    public void Recorded_evidence_is_failed_and_told_with_what_is_not_known()
    {
        RunResult result = Of(Record(HerdAct.Leave, JobFinding.Failed));
        Assert.Equal((Verdict.Failed, "build x86_64: because the test says so"), (result.Verdict, result.Reason));
        FailedJob told = Assert.Single(result.Failures);
        Assert.Equal(("build x86_64", "build", 7L, "https://gitlab.example/jobs/7", "a line"), (told.Name, told.Stage, told.JobId, told.WebUrl, Assert.Single(told.Lines)));
        Assert.Equal([$"only jobs that were decided on are known: {OurTrouble}"], result.Warnings);
    }

    [Theory]
    [InlineData(HerdAct.Confirm, JobFinding.Failed)]
    [InlineData(HerdAct.Later, JobFinding.Failed)]
    [InlineData(HerdAct.Retry, JobFinding.Nothing)]
    [InlineData(HerdAct.Leave, JobFinding.Undetermined)]
    [InlineData(HerdAct.Leave, JobFinding.Configuration)]
    [InlineData(HerdAct.Leave, JobFinding.Passed)]
    public void Anything_weaker_leaves_the_verdict_ours(HerdAct act, JobFinding finding)
    {
        RunResult result = Of(Record(act, finding));
        Assert.Equal((Verdict.Infrastructure, OurTrouble), (result.Verdict, result.Reason));
        Assert.Empty(result.Failures);
    }

    [Fact]
    public void A_job_that_may_fail_blames_nobody() =>
        Assert.Equal(Verdict.Infrastructure, Of(Record(HerdAct.Leave, JobFinding.Failed, allowFailure: true)).Verdict);

    [Fact]
    public void A_job_that_may_fail_does_not_hide_one_of_the_same_name_downstream() =>
        Assert.Equal(
            Verdict.Failed, Of(Record(HerdAct.Leave, JobFinding.Failed, A.Pipeline(1001)), Record(HerdAct.Leave, JobFinding.Failed, allowFailure: true)).Verdict);

    [Theory]
    [InlineData("States.Timeout")]
    [InlineData(ErrorNames.GitLabRefused)]
    public async Task A_refused_run_with_recorded_evidence_is_failed(string error)
    {
        TriggerWorld world = await AFailedWorldAsync();
        world.Decides(Assert.Single(world.GitLab.Jobs), HerdAct.Leave, JobFinding.Failed);
        await RefuseAsync(world, error);
        RunResult result = world.Recorded!.Latest.Result!;
        Assert.Equal((Verdict.Failed, "build x86_64: because the test says so"), (result.Verdict, result.Reason));
    }

    [Fact]
    public async Task A_refused_run_asks_nothing_of_gitlab_and_blames_nobody_without_evidence()
    {
        TriggerWorld world = await AFailedWorldAsync();
        world.Decides(Assert.Single(world.GitLab.Jobs), HerdAct.Confirm, JobFinding.Failed);
        int requests = world.GitLab.Requests.Values.Sum();
        await RefuseAsync(world);
        Assert.Equal(requests, world.GitLab.Requests.Values.Sum());
        Assert.Equal((Verdict.Infrastructure, OurTrouble), (world.Recorded!.Latest.Result!.Verdict, world.Recorded.Latest.Result.Reason));
    }

    [Fact]
    public async Task Evidence_of_a_downstream_job_counts_as_well()
    {
        TriggerWorld world = await AFailedWorldAsync();
        PipelineRef own = world.Recorded!.Latest.Pipeline!;
        PipelineRef child = own with { Id = own.Id + 50 };
        PipelineState state = world.Ports.Store.Peek(own.Key, DocumentJson.Default.PipelineState)!;
        world.Ports.Store.Set(own.Key, state with { Downstream = [child] }, DocumentJson.Default.PipelineState);
        world.Ports.Store.Set(JobRecord.Key(child, "boot"), Record(HerdAct.Leave, JobFinding.Failed, child), DocumentJson.Default.JobRecord);
        await RefuseAsync(world);
        Assert.Equal(Verdict.Failed, world.Recorded.Latest.Result!.Verdict);
    }

    [Fact]
    public async Task An_unreadable_record_does_not_keep_the_attempt_from_its_end()
    {
        TriggerWorld world = await AFailedWorldAsync();
        world.Decides(Assert.Single(world.GitLab.Jobs), HerdAct.Leave, JobFinding.Failed);
        world.Ports.Store.SetText(JobRecord.Key(world.Recorded!.Latest.Pipeline!, "other"), "?");
        await RefuseAsync(world);
        Assert.Equal(Verdict.Failed, world.Recorded.Latest.Result!.Verdict);
    }

    [Fact]
    public async Task A_flow_that_died_for_good_leaves_recorded_evidence_standing()
    {
        TriggerWorld world = await AFailedWorldAsync();
        world.Decides(Assert.Single(world.GitLab.Jobs), HerdAct.Leave, JobFinding.Failed);
        for (int redrives = 0; redrives <= 3; redrives++)
        {
            world.Ports.Flows.End("test-commit", RunIds.Execution(TriggerWorld.Run, 1, redrives), FlowStatus.TimedOut, "States.Timeout", "too long");
            await world.ReceiveAsync(new RunOverdue(TriggerWorld.Run, 1));
        }
        Assert.Equal(Verdict.Failed, world.Recorded!.Latest.Result!.Verdict);
    }

    [Fact]
    public async Task A_state_of_before_downstream_pipelines_were_noted_is_read()
    {
        TriggerWorld world = await AFailedWorldAsync();
        world.Decides(Assert.Single(world.GitLab.Jobs), HerdAct.Leave, JobFinding.Failed);
        PipelineRef own = world.Recorded!.Latest.Pipeline!;
        world.Ports.Store.SetText(own.Key, $$"""{"pipeline":{"project":{"host":"{{own.Project.Host}}","path":"{{own.Project.Path}}"},"id":{{own.Id}}},"run":"{{TriggerWorld.Run}}","attempt":1,"v":1}""");
        await RefuseAsync(world);
        Assert.Equal(Verdict.Failed, world.Recorded.Latest.Result!.Verdict);
    }
}
