using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

/// <summary>
/// What one whole run asks of its queues, store and flows, with a process per invocation and nothing broken: six hours after the push beside six
/// hours in which nothing happens.
/// </summary>
public static class CallsPerRun
{
    /// <summary>infra/deploy.md's cost table stands on this run.</summary>
    public static readonly PipelineScript TwelveJobs = new([.. Jobs()]);

    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Window = TimeSpan.FromHours(6);

    /// <summary>By call, those of the run alone; what it did not ask for is not named.</summary>
    public static async Task<SortedDictionary<string, int>> CountAsync(PipelineScript script)
    {
        var simulation = new Simulation(0);
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        town.GitLab.Project(Town.PipelineProject).Script = _ => script;
        using var installation = new Installation(simulation, town, Mutations.Named(null), SuiteChances.None);
        SuiteWorld.Start(simulation, new WorldRequest("calls", 0, "lambda"), installation, town);
        await simulation.RunForAsync(WarmUp);
        SortedDictionary<string, int> idle = await InWindowAsync(simulation);
        town.GitLab.Push(Town.KernelProject, "main", town.GitLab.NewCommit(town.GitLab.Project(Town.KernelProject), "main", "mm: under test"));
        SortedDictionary<string, int> busy = await InWindowAsync(simulation);
        if (town.GitLab.Pipelines.Single().Status is "running" or "pending")
            throw new PromiseBrokenException($"the pipeline has not ended within {Window}");
        return new(busy.ToDictionary(call => call.Key, call => call.Value - idle.GetValueOrDefault(call.Key)).Where(call => call.Value != 0).ToDictionary(), StringComparer.Ordinal);
    }

    private static async Task<SortedDictionary<string, int>> InWindowAsync(Simulation simulation)
    {
        simulation.Calls.Clear();
        await simulation.RunForAsync(Window);
        return new(simulation.Calls, StringComparer.Ordinal);
    }

    /// <summary>Four architectures, three stages; one boot loses its runner and is retried, one test fails for good.</summary>
    private static IEnumerable<JobScript> Jobs()
    {
        var good = new Attempt { Duration = TimeSpan.FromMinutes(30) };
        foreach (string architecture in new[] { "x86_64", "aarch64", "s390x", "ppc64le" })
        {
            yield return new JobScript($"build {architecture}", "build") { Attempts = [good] };
            yield return new JobScript($"boot {architecture}", "boot")
            {
                Attempts = architecture == "s390x" ? [Attempt.Failed(RunnerTraces.SystemFailure(), "runner_system_failure"), good] : [good],
            };
            yield return new JobScript($"test {architecture}", "test") { Attempts = [architecture == "aarch64" ? Attempt.Failed(RunnerTraces.TestFailure()) : good] };
        }
    }
}
