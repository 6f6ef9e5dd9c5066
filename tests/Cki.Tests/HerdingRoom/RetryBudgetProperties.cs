using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using CsCheck;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>
/// Never more retries than a job's limit in its run, a pipeline's budget, or an hour's: whatever the order, repetition and loss of events and answers, and
/// wherever the process is killed.
/// </summary>
public class RetryBudgetProperties
{
    private const string Retry = "POST /projects/:id/jobs/:job/retry";
    private const int Limit = 3;
    private static readonly RetryBudget Budget = new() { PerPipeline = 5, PerHostAndHour = 2 };
    private static readonly string[] Names = ["build a", "build b", "test c"];

    private enum Happening
    {
        Event,
        OldEvent,
        RetryTask,
        OldRetryTask,
        LostAnswer,
        LostRequest,
        LateEffect,
        MinutesPass,
        HoursPass,
    }

    [Fact]
    public async Task No_sequence_of_happenings_and_crashes_retries_more_often_than_limits_and_budgets_allow() =>
        await Gen.Select(Gen.Enum<Happening>(), Gen.Int[0, 2], Gen.Int[-12, 12]).Array[10, 60]
            .SampleAsync(async happenings => await BrokenAsync(happenings) is null, iter: 60, threads: 1);

    [Fact]
    public async Task Work_that_nothing_disturbs_uses_its_limits_and_no_more()
    {
        (Happening, int, int)[] round = [.. Enumerable.Range(0, 3).SelectMany(job => new[] { (Happening.Event, job, -1), (Happening.RetryTask, job, -1) }), (Happening.HoursPass, 0, -1)];
        HerdingWorld world = await RunAsync([.. Enumerable.Repeat(round, 8).SelectMany(r => r)]);
        Assert.Null(Broken(world));
        Assert.Equal(Budget.PerPipeline, world.GitLab.Jobs.Count - Names.Length);
    }

    private static async Task<string?> BrokenAsync((Happening, int, int)[] happenings) => Broken(await RunAsync(happenings));

    private static string? Broken(HerdingWorld world)
    {
        string? name = Names.FirstOrDefault(n => world.GitLab.Jobs.Count(j => j.Name == n) - 1 > Limit);
        if (name is not null)
            return $"{name} was retried more than {Limit} times";
        if (world.GitLab.Jobs.Count - Names.Length > Budget.PerPipeline)
            return $"the pipeline was retried more than {Budget.PerPipeline} times";
        var hour = world.GitLab.Writes.Where(w => w.Route == Retry).GroupBy(w => w.At.ToString("yyyyMMddHH", null)).FirstOrDefault(h => h.Select(w => w.Path).Distinct().Count() > Budget.PerHostAndHour);
        return hour is null ? null : $"more than {Budget.PerHostAndHour} retries in hour {hour.Key}";
    }

    private static async Task<HerdingWorld> RunAsync((Happening, int, int)[] happenings)
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync([.. Names.Select(n => new JobScript(n, n.Split(' ')[0]) { Attempts = [HerdingWorld.SystemFailure], Needs = [] })]);
        world.Suite.Config.Current = world.Suite.Config.Current with { Budget = new SuiteBudget { Retries = Budget } };
        foreach ((Happening happening, int job, int crash) in happenings)
        {
            if (crash >= 0)
                _ = new Crash(world.Suite, crash);
            await HappenAsync(world, happening, Names[job]);
            Crash.Stop(world.Suite);
        }
        return world;
    }

    private static async Task HappenAsync(HerdingWorld world, Happening happening, string name)
    {
        GitLabJob[] jobs = [.. world.GitLab.Jobs.Where(j => j.Name == name)];
        try
        {
            await ActAsync(world, happening, happening is Happening.OldEvent or Happening.OldRetryTask ? jobs[0] : jobs[^1]);
        }
        catch (CrashException)
        {
            // Killed: what is to come finds what was written.
        }
        catch (FlowTaskException e) when (e.ErrorName is ErrorNames.Busy or ErrorNames.GitLabUnavailable or ErrorNames.Paused)
        {
            // The flow would try again; here the next happening decides.
        }
    }

    private static Task ActAsync(HerdingWorld world, Happening happening, GitLabJob job)
    {
        switch (happening)
        {
            case Happening.Event or Happening.OldEvent:
                return world.DeliverAsync(new JobFinished(new JobRef(A.PipelineProject, job.Id), job.Pipeline.Id, job.Name, job.Status));
            case Happening.RetryTask or Happening.OldRetryTask:
                return world.Suite.UntilDone(world.Stage.Tasks["retry-job"](Input(job), TestContext.Current.CancellationToken));
            case Happening.LostAnswer or Happening.LostRequest or Happening.LateEffect:
                world.GitLab.Faults.Api(Enum.Parse<ApiFault>(happening switch { Happening.LostAnswer => "LostAfter", Happening.LostRequest => "LostBefore", _ => "LateEffect" }), new FaultWhen { On = Retry, Times = 1 });
                break;
            default:
                world.Pass(happening == Happening.MinutesPass ? 200 : 3000);
                break;
        }
        return Task.CompletedTask;
    }

    private static JsonObject Input(GitLabJob job) => new()
    {
        ["host"] = A.PipelineProject.Host, ["project"] = A.PipelineProject.Path, ["pipelineId"] = job.Pipeline.Id, ["jobId"] = job.Id, ["name"] = job.Name,
    };
}
