namespace Cki.Simulation.Tests;

/// <summary>
/// The whole suite over two virtual days: 20 commits, everything breaks, then nothing does any more, and everything must come right. What is
/// checked are facts that stand outside: pipelines, jobs and statuses in GitLab, receipts of reports.
/// </summary>
public static class SuiteWorld
{
    public static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(20);
    public static readonly TimeSpan Trouble = TimeSpan.FromDays(2);

    /// <summary>After the faults stop: a dead letter waits up to a day for its return, a job that no runner took fails after a day and is retried after hours.</summary>
    public static readonly TimeSpan SettlesWithin = TimeSpan.FromHours(72);

    /// <summary>Watched for doubles after everything has settled.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromHours(3);

    /// <summary>A job that somebody runs again takes up to two hours, those that wait for it as long; what still moves is looked at for two more.</summary>
    private static readonly TimeSpan Doubts = TimeSpan.FromHours(9);

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), new SuiteChances());
        Start(simulation, request, installation, town);
        // What is found at first sight is the baseline: it is not tested.
        await simulation.RunForAsync(WarmUp);

        simulation.Faults.AreOn = true;
        Weather.Begin(simulation, town.GitLab, Trouble);
        Weather.Outages(simulation, town.GitLab, Trouble);
        Users.Plan(simulation, town.Commits, Trouble);
        var operators = new Operators(simulation, installation);
        operators.Plan(Trouble);
        var promises = new Promises(simulation, town);
        var doubters = new Doubters(simulation, town);
        var reports = new ReportPromises(simulation, town, doubters);
        for (TimeSpan hour = TimeSpan.Zero; hour < Trouble; hour += TimeSpan.FromHours(1))
        {
            await simulation.RunForAsync(TimeSpan.FromHours(1));
            promises.CheckAlways();
            reports.CheckAlways();
            doubters.Look(chance: 0.3);
        }

        simulation.Faults.AreOn = false;
        town.GitLab.Faults.Clear();
        simulation.Note("weather", "every fault stops");
        await SettleAsync(simulation, promises, operators);
        string[] before = [.. doubters.PassedLater()];
        int refused = town.Refused;
        doubters.LookAgain();
        await simulation.RunForAsync(Doubts);
        // The health of webhooks is not watched in this world: what our door did not take nobody finds.
        if (town.Refused == refused)
            reports.CheckCorrected([.. doubters.PassedLater().Except(before)]);
        await simulation.RunForAsync(Afterwards);
        promises.CheckAlways();
        reports.CheckAlways();
        promises.CheckAtEnd();
        await operators.CheckNothingIsLeftAsync();
    }

    public static void Start(Simulation simulation, WorldRequest request, Installation installation, Town town)
    {
        if (request.Topology == "up")
            new OneProcess(simulation, installation, town).Start();
        else if (request.Topology == "lambda")
            new ProcessPerInvocation(simulation, installation, town).Start();
        else
            throw new ArgumentException($"There is no topology '{request.Topology}'; there are up and lambda");
    }

    private static async Task SettleAsync(Simulation simulation, Promises promises, Operators operators)
    {
        TimeSpan end = simulation.Elapsed + SettlesWithin;
        while (promises.Unsettled() is { } unsettled || !await operators.IsIdleAsync())
        {
            unsettled = promises.Unsettled();
            if (simulation.Elapsed >= end)
                throw new PromiseBrokenException($"{SettlesWithin} after the faults stopped, {unsettled ?? await operators.WhatIsLeftAsync()}");
            await simulation.RunForAsync(TimeSpan.FromMinutes(15));
            promises.CheckAlways();
        }
        simulation.Note("checker", "everything has settled");
    }
}
