using Cki.GitLabSimulator;
using Xunit;
using Try = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Tests.HerdingRoom;

/// <summary>Runners send the last part of a trace after the job has ended, GitLab sends the job's event before: no verdict on half a trace.</summary>
public class TraceLagTests
{
    // What the first half shows looks like trouble of the network; the second half names the commit.
    private static readonly JobTrace Misleading = RunnerTraces.CompileError() with
    {
        Sections = [.. RunnerTraces.CompileError().Sections.Select(s => s.Name == "step_script" ? s with { Lines = ["$ ./prepare.sh", "E:curl: (28) Operation timed out", .. s.Lines] } : s)],
    };

    [Fact]
    public async Task A_trace_that_was_cut_at_the_first_look_gets_one_verdict_and_that_by_the_whole()
    {
        HerdingWorld world = await AfterAsync(Misleading, lagSeconds: 270);
        await LooksAsync(world);
        Assert.Null(await world.RecordAsync("build x"));
        Assert.Empty(world.Suite.Flows.Executions);
        world.Pass(60);
        await LooksAsync(world);
        await LooksAsync(world);
        HerdDecision decision = Assert.Single((await world.RecordAsync("build x"))!.Attempts).Decision;
        Assert.Equal((HerdAct.Leave, JobFinding.Failed), (decision.Act, decision.Finding));
        Assert.Empty(world.Suite.Flows.Executions);
    }

    [Fact]
    public async Task A_jobs_event_before_its_trace_waits_for_the_trace()
    {
        HerdingWorld world = await AfterAsync(RunnerTraces.RegistryTimeout(), lagSeconds: 400);
        await LooksAsync(world);
        Assert.Null(await world.RecordAsync("build x"));
        world.Pass(200);
        await LooksAsync(world);
        Assert.Equal(HerdAct.Retry, Assert.Single((await world.RecordAsync("build x"))!.Attempts).Decision.Act);
    }

    [Fact]
    public async Task A_trace_that_never_ends_is_judged_by_what_there_is_after_ten_minutes()
    {
        HerdingWorld world = await AfterAsync(RunnerTraces.CompileError(), lagSeconds: 90_000);
        await LooksAsync(world);
        Assert.Null(await world.RecordAsync("build x"));
        world.Pass(601);
        await LooksAsync(world);
        HerdDecision decision = Assert.Single((await world.RecordAsync("build x"))!.Attempts).Decision;
        Assert.Equal((HerdAct.Leave, JobFinding.Undetermined), (decision.Act, decision.Finding));
    }

    private static Task<HerdingWorld> AfterAsync(JobTrace trace, int lagSeconds) => new HerdingWorld().AfterAsync(
        new JobScript("build x", "build") { Attempts = [Try.Failed(trace with { Lag = TimeSpan.FromSeconds(lagSeconds) }), new()] });

    private static Task LooksAsync(HerdingWorld world) => world.JobFinishedAsync("build x");
}
