using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// herding.md's storm: within ten minutes 200 jobs of 80 pipelines in 20 projects die of one registry that is down for hours. Meanwhile some branches move
/// on and people retry some jobs. Then the registry is back.
/// </summary>
public static class StormWorld
{
    private static readonly TimeSpan Gathering = TimeSpan.FromMinutes(3);

    /// <summary>To the last report after the registry is back: the next probe (at most as long again), the release, the builds.</summary>
    private static readonly TimeSpan SettlesWithin = TimeSpan.FromHours(12);

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        var storm = new StormTown(simulation, town);
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), SuiteChances.None with { Crash = 0.0003 }, storm.Config());
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(SuiteWorld.WarmUp);

        storm.IsRegistryDown = true;
        TimeSpan lasts = simulation.Dice.Between("storm.lasts", TimeSpan.FromHours(2), TimeSpan.FromHours(6));
        simulation.Note("weather", $"the registry is down for {lasts}");
        var promises = new StormPromises(simulation, town, simulation.GetUtcNow());
        Gather(simulation, storm);
        MoveOn(simulation, storm, town, lasts);
        // Ours dies now and then, but not while the storm gathers: who detects late is not hit.
        await simulation.RunForAsync(StormPromises.Gathers);
        simulation.Faults.AreOn = true;
        await simulation.RunForAsync(lasts - StormPromises.Gathers);
        promises.CheckWhileItLasts();

        // Ours goes on dying while it releases.
        storm.IsRegistryDown = false;
        simulation.Note("weather", "the registry is back");
        promises.RegistryIsBack();
        TimeSpan end = simulation.Elapsed + SettlesWithin;
        while (promises.Unsettled() is { } unsettled)
        {
            if (simulation.Elapsed >= end)
                throw new PromiseBrokenException($"{SettlesWithin} after the registry was back, {unsettled}");
            await simulation.RunForAsync(TimeSpan.FromMinutes(5));
        }
        simulation.Faults.AreOn = false;
        await simulation.RunForAsync(TimeSpan.FromHours(1));
        promises.CheckAtEnd();
        simulation.Note("checker", promises.Figures());
    }

    /// <summary>All branches of all trees, each in a push of its own.</summary>
    private static void Gather(Simulation simulation, StormTown storm)
    {
        for (int tree = 0; tree < StormTown.Trees; tree++)
        {
            foreach (string branch in StormTown.Branches)
            {
                (int at, string of) = (tree, branch);
                simulation.Schedule(Gathering * simulation.Dice.Fraction("storm.push"), simulation.Outside, () => storm.Push(at, of));
            }
        }
    }

    /// <summary>Ten branches get a newer head, in trees of both kinds; people retry three jobs.</summary>
    private static void MoveOn(Simulation simulation, StormTown storm, Town town, TimeSpan lasts)
    {
        for (int n = 0; n < 10; n++)
        {
            int tree = n;
            simulation.Schedule(Later(), simulation.Outside, () => storm.Push(tree, "next"));
        }
        for (int n = 0; n < 3; n++)
        {
            int tree = 10 + n;
            simulation.Schedule(Later(), simulation.Outside, () => storm.RetryByHand(Pipelines(town, tree)[0].Jobs[0]));
        }

        TimeSpan Later() => TimeSpan.FromMinutes(20) + ((lasts - TimeSpan.FromMinutes(40)) * simulation.Dice.Fraction("storm.move"));
    }

    private static GitLabPipeline[] Pipelines(Town town, int tree) =>
        [.. town.GitLab.Pipelines.Where(p => p.RunId is not null && p.Project.Path.EndsWith($"-{tree:00}", StringComparison.Ordinal))];
}
