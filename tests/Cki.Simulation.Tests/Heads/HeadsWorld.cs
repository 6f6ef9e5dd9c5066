using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// A thousand heads in ninety minutes while webhooks are dropped, doubled and reordered, API calls fail and any of ours may die: none is lost, none is tested twice.
/// </summary>
public static class HeadsWorld
{
    public static readonly TimeSpan PollInterval = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pushing = TimeSpan.FromMinutes(90);

    /// <summary>
    /// From a head's last chance to be lost until it must have its pipeline: one poll period, the minute until a tick asks for the poll, and the lease of a
    /// poll that was killed.
    /// </summary>
    private static readonly TimeSpan OnePeriod = PollInterval + TimeSpan.FromMinutes(1) + PollPlan.Lease;

    /// <summary>While everything breaks, polls fail and wait too.</summary>
    private static readonly TimeSpan InTrouble = PollInterval * 5;

    /// <summary>Of each step. A process that does all this at once takes many steps a second: a dozen kills.</summary>
    private const double CrashOfAll = 0.00003;

    /// <summary>Of an invocation's step: hundreds of kills, each of one piece of work.</summary>
    private const double CrashOfOne = 0.0005;

    private static readonly (ApiFault Fault, double Chance)[] s_api =
    [
        (ApiFault.InternalServerError, 0.01), (ApiFault.BadGateway, 0.01), (ApiFault.TooManyRequests, 0.01), (ApiFault.LostBefore, 0.005), (ApiFault.LostAfter, 0.01), (ApiFault.Hang, 0.005),
    ];

    private static readonly (HookFault Fault, double Chance)[] s_hooks = [(HookFault.Drop, 0.30), (HookFault.Duplicate, 0.20), (HookFault.Reorder, 0.30)];

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        var heads = new HeadsTown(simulation, town);
        using var installation = new Installation(
            simulation, town, Mutations.Named(request.Mutation), new SuiteChances { Crash = request.Topology == "up" ? CrashOfAll : CrashOfOne }, heads.Config(PollInterval))
        {
            Tick = TimeSpan.FromMinutes(1), FrontDoor = new Uri("https://cki.example"),
            // The index of a thousand runs, written each minute, would be half of all events, and says nothing here.
            Reports = new Reporting.ReportingOptions { IndexDelay = TimeSpan.FromHours(3) },
        };
        SuiteWorld.Start(simulation, request, installation, town);
        // What is found at first sight is the baseline.
        await simulation.RunForAsync(TimeSpan.FromMinutes(12));

        simulation.Faults.AreOn = true;
        foreach ((ApiFault fault, double chance) in s_api)
            town.GitLab.Faults.Api(fault, new FaultWhen { Chance = chance });
        foreach ((HookFault fault, double chance) in s_hooks)
            town.GitLab.Faults.Hooks(fault, new FaultWhen { Chance = chance });
        heads.Plan(Pushing);
        var promises = new HeadsPromises(simulation, town, heads);
        for (TimeSpan past = TimeSpan.Zero; past < Pushing; past += TimeSpan.FromMinutes(15))
        {
            await simulation.RunForAsync(TimeSpan.FromMinutes(15));
            promises.Check(stood: InTrouble, overtaken: InTrouble);
        }

        simulation.Faults.AreOn = false;
        town.GitLab.Faults.Clear();
        await simulation.RunForAsync(OnePeriod);
        promises.Check(stood: OnePeriod, overtaken: InTrouble);
        if (promises.Unaccounted() is > 0 and int lost)
            throw new PromiseBrokenException($"one poll period after the last chance, {lost} heads are not accounted for");
        using EmbeddedEngine engine = installation.OpenBeside();
        string figures = await promises.FiguresAsync(engine);
        simulation.Note("checker", figures);
        Console.WriteLine($"heads, seed {request.Seed}, {request.Topology}: {figures}; {simulation.Faults.Taken.Count(f => f.Name.StartsWith("crash.", StringComparison.Ordinal))} crashes");
    }
}
