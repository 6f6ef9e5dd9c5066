using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>One component is away for six hours in the middle of work; nothing else breaks. What may happen then stands in components.yaml, and nothing else may.</summary>
public static class ComponentWorld
{
    /// <summary>After the warm-up, and after an hour in which all is well.</summary>
    public static readonly TimeSpan Goes = TimeSpan.FromMinutes(75);

    public static readonly TimeSpan Away = TimeSpan.FromHours(6);

    public static readonly TimeSpan Returns = Goes + Away;

    /// <summary>The last head is pushed an hour after the return; its jobs take up to three, and a retry its delay.</summary>
    private static readonly TimeSpan AfterwardsMost = TimeSpan.FromHours(5);

    /// <summary>Watched for what should not come after all is done.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(40);

    /// <summary>Held calls must not run into the limits of a handler that hangs: the queue that is away has not given them out.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromHours(8);

    public static readonly Lazy<IReadOnlyList<ComponentEntry>> Book =
        new(() => ComponentBook.Load(Path.Combine(AppContext.BaseDirectory, "Components", "components.yaml")));

    public static async Task RunAsync(string component, Simulation simulation, WorldRequest request)
    {
        ComponentEntry entry = Book.Value.Single(one => one.Name == component);
        simulation.Faults.AreOn = false;
        // Slower ports are another fault: intake waits for them no longer than its limit.
        simulation.SlowestStep = TimeSpan.FromSeconds(1);
        Absence absence = Absences.Named(component);
        var town = new Town(simulation);
        var people = new ComponentTown(simulation, town, absence);
        using var installation = Open(simulation, town, people, absence);
        SuiteWorld.Start(simulation, request, installation, town);
        using EmbeddedEngine engine = installation.OpenBeside();
        var signals = new Signals(simulation, town, absence, engine);
        var promises = new Promises(simulation, town);
        people.Plan(Away);
        simulation.Schedule(Goes, simulation.Outside, () => Turn(simulation, component, absence.Begin, "is away"));
        simulation.Schedule(Returns, simulation.Outside, () => Turn(simulation, component, absence.End, "is back"));
        var facts = new ComponentFacts(simulation, town, people, signals);
        TimeSpan end = Returns + entry.AccountedWithin + AfterwardsMost;
        while (simulation.Elapsed < end)
        {
            await simulation.RunForAsync(TimeSpan.FromMinutes(1));
            await signals.LookAsync(counts: simulation.Elapsed > Goes);
            if (simulation.Elapsed.Minutes % 30 != 0)
                continue;
            promises.CheckAlways();
            if (facts.IsOver && simulation.Elapsed + Quiet < end)
                end = simulation.Elapsed + Quiet;
        }
        simulation.Note("checker", facts.Figures());
        Console.WriteLine($"away:{component}, {request.Topology}: {facts.Figures()}");
        new ComponentPromises(entry, facts, mayRepeat: absence.Keys("reported/")).Check();
    }

    private static Installation Open(Simulation simulation, Town town, ComponentTown people, Absence absence)
    {
        // Reports need the installation's way out, which is made with it.
        var installation = new Installation(simulation, town, absence, SuiteChances.None, ComponentTown.Config())
        {
            Tick = TimeSpan.FromMinutes(2), FrontDoor = new Uri("https://cki.example"),
            Engine = SuiteSetting.Engine with
            {
                Queues = [.. SuiteSetting.Engine.Queues.Select(queue => queue with { HandlerLimit = Held })],
                Tasks = SuiteSetting.Engine.Tasks with { HandlerLimit = Held },
            },
        };
        installation.Reports = people.Reports(installation);
        return installation;
    }

    private static void Turn(Simulation simulation, string component, Action turn, string what)
    {
        simulation.Note("weather", $"{component} {what}");
        turn();
    }
}
