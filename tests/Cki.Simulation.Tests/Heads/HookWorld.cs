using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// Something before our door refuses pushes: after four, GitLab disables the hook and tells nobody. It must be noticed, tested until it works, the gap filled,
/// and operators told twice. Polls are hours apart, so that nothing else can find what was not told.
/// </summary>
public static class HookWorld
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromHours(6);

    /// <summary>A tick each minute; then the look, and the notice's way.</summary>
    private static readonly TimeSpan NoticedWithin = TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(20);

    /// <summary>Where something of ours died or refused in between.</summary>
    private static readonly TimeSpan NoticedInTroubleWithin = TimeSpan.FromMinutes(12);

    /// <summary>From the hook's return to the last lost head's pipeline: the poll, and whatever of ours dies meanwhile.</summary>
    private static readonly TimeSpan FilledWithin = TimeSpan.FromMinutes(15);

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), new SuiteChances(), Config())
        {
            Tick = TimeSpan.FromMinutes(1), FrontDoor = new Uri("https://cki.example"),
        };
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(SuiteWorld.WarmUp);
        // The plain case first, then the same with our own house breaking.
        simulation.Faults.AreOn = request.Seed > 2;
        var promises = new HookPromises(simulation, town);

        town.IsBarred = delivery => delivery.Headers.GetValues("X-Gitlab-Event").Single() == "Push Hook";
        await promises.PushUntilDisabledAsync();
        TimeSpan disabledAt = simulation.Elapsed;
        TimeSpan barred = simulation.Dice.Between("door.barred", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(40));
        promises.PlanPushes(barred);
        await simulation.RunForAsync(barred);
        town.IsBarred = _ => false;
        simulation.Note("weather", "pushes pass the door again");

        TimeSpan opened = simulation.Elapsed;
        // Tests are as far apart as the trouble is old, and a killed one costs a turn.
        await promises.UntilAsync(() => promises.IsHookUp, (barred * 2) + TimeSpan.FromMinutes(15), "the hook is not enabled again");
        TimeSpan up = simulation.Elapsed - opened;
        await promises.UntilAsync(() => promises.Untested().Length == 0, FilledWithin, "the gap is not filled");
        TimeSpan filled = simulation.Elapsed - opened - up;
        await promises.PushesComeByWebhookAsync();
        await simulation.RunForAsync(TimeSpan.FromHours(3));

        TimeSpan noticed = promises.CheckNotices() - disabledAt;
        TimeSpan allowed = simulation.Faults.Taken.Any(f => f.At >= disabledAt && f.At <= disabledAt + noticed) ? NoticedInTroubleWithin : NoticedWithin;
        if (noticed > allowed)
            throw new PromiseBrokenException($"it took {noticed} to notice that the hook was disabled");
        promises.CheckPipelines();
        string figures = FormattableString.Invariant(
            $"noticed after {noticed.TotalSeconds:0} s, barred for {barred.TotalMinutes:0} min, enabled {up.TotalSeconds:0} s after the door opened, gap filled {filled.TotalSeconds:0} s later, {promises.Tests} tests");
        simulation.Note("checker", figures);
        using EmbeddedEngine engine = installation.OpenBeside();
        Console.WriteLine($"hook, seed {request.Seed}, {request.Topology}: {figures}; {await promises.WaysAsync(engine)}");
    }

    private static SuiteConfig Config() => SuiteSetting.Config with
    {
        Trees = [.. SuiteSetting.Config.Trees.Select(t => t with { PollInterval = PollInterval })],
    };
}
