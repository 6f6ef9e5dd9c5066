using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>People with a shell on the installation: they pause and resume, and look what is left in queues, store and flows.</summary>
public sealed class Operators
{
    private readonly Simulation simulation;
    private readonly EmbeddedEngine engine;
    private readonly Documents documents;

    public Operators(Simulation simulation, Installation installation)
    {
        this.simulation = simulation;
        engine = installation.OpenBeside();
        documents = new Documents(engine.Store, simulation.Dice, simulation);
    }

    /// <summary>Each switch is thrown at most once, for up to three hours; nobody forgets to resume.</summary>
    public void Plan(TimeSpan within)
    {
        foreach (string what in (string[])["trigger", "retry", "mail", "all"])
        {
            if (!simulation.Faults.Strikes($"pause.{what}", 0.25))
                continue;
            TimeSpan from = within * 0.8 * simulation.Dice.Fraction("pause.from");
            TimeSpan lasts = TimeSpan.FromHours(3) * simulation.Dice.Fraction("pause.lasts");
            simulation.Schedule(from, simulation.Outside, () => _ = PauseAsync(what));
            simulation.Schedule(from + lasts, simulation.Outside, () => _ = ResumeAsync(what));
        }
    }

    public async Task<bool> IsIdleAsync() => await WhatIsLeftAsync() is null;

    /// <summary>Null when no flow runs, no dead letter waits and no due marker stands.</summary>
    public async Task<string?> WhatIsLeftAsync()
    {
        foreach (string flow in (string[])["test-commit", "retry-job"])
        {
            if (engine.Flows.Newest(flow, FlowStatus.Running, 1) is [var running])
                return $"execution {flow}/{running.Name} is running since {running.Started:s}";
        }
        IReadOnlyList<string> dead = await documents.KeysAsync("dead/", 10, CancellationToken.None);
        if (dead.Count > 0)
            return $"{dead[0]} is filed";
        if (engine.Queues.Standings().FirstOrDefault(standing => standing.Queue.EndsWith("-dead", StringComparison.Ordinal)) is { } waiting)
            return $"queue {waiting.Queue} holds something";
        IReadOnlyList<string> due = await documents.KeysAsync(DueMarker.Prefix, 1000, CancellationToken.None);
        return due.FirstOrDefault(key => !IsEverlasting(key)) is { } marker ? $"due marker {marker} stands" : null;
    }

    public async Task CheckNothingIsLeftAsync()
    {
        if (await WhatIsLeftAsync() is { } left)
            throw new PromiseBrokenException($"After everything had settled, {left}");
    }

    /// <summary>The nightly compare, a standing notice's daily reminder: work that is never done.</summary>
    private static bool IsEverlasting(string key) => key.Split('/')[2] is "nightly" or "notice" or "reminder";

    private async Task PauseAsync(string what)
    {
        simulation.Note("operators", $"pause {what}");
        var paused = new Switch(what, "maintenance", "operator", simulation.GetUtcNow(), null);
        await documents.PutAsync(paused.Key, paused, DocumentJson.Default.Switch, CancellationToken.None);
    }

    private async Task ResumeAsync(string what)
    {
        simulation.Note("operators", $"resume {what}");
        await documents.DeleteAsync($"{Switch.Prefix}{what}.json", CancellationToken.None);
    }
}
