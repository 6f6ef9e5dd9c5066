using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>One project floods a queue; others send an event now and then. On the embedded engine each project has its lane.</summary>
public static class FairWorld
{
    private const int Flood = 10_000;
    private const int Singles = 30;

    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WorkMax = TimeSpan.FromMilliseconds(900);

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        using EngineDatabase database = EngineDatabase.Open(":memory:", Durability.Simulated);
        EmbeddedEngine engine = EmbeddedEngine.Open(
            database, new RolledWriter(database, simulation.Outside, simulation.Dice), SuiteSetting.Engine, simulation.Outside, simulation.Dice);
        var handled = new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal);
        var stage = new StageEndpoints(
            new Dictionary<string, MessageHandler>
            {
                [QueueNames.Detect] = async (message, ct) =>
                {
                    await Task.Delay(simulation.Dice.Between("work", TimeSpan.FromMilliseconds(50), WorkMax), simulation, ct);
                    handled[message.Body] = simulation.Elapsed;
                },
            },
            new Dictionary<string, FlowTask>());
        new Dispatcher(engine, [stage], SuiteSetting.Dispatching(simulation.Outside)).Start();
        for (int n = 0; n < Flood; n++)
            _ = engine.Queues.SendAsync(new OutgoingMessage(QueueNames.Detect, $"flood-{n:00000}", "gitlab.example/busy/project"), CancellationToken.None);
        await simulation.RunForAsync(TimeSpan.FromSeconds(30));

        var sent = new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal);
        for (int n = 0; n < Singles; n++)
        {
            string single = $"single-{n:00}";
            sent[single] = simulation.Elapsed;
            _ = engine.Queues.SendAsync(new OutgoingMessage(QueueNames.Detect, single, $"gitlab.example/quiet/project-{n % 5}"), CancellationToken.None);
            await simulation.RunForAsync(simulation.Dice.Between("quiet", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)));
        }
        await simulation.RunForAsync(Allowed + WorkMax);
        Check(simulation, sent, handled);
    }

    private static void Check(Simulation simulation, SortedDictionary<string, TimeSpan> sent, SortedDictionary<string, TimeSpan> handled)
    {
        int left = Flood - handled.Keys.Count(body => body.StartsWith("flood", StringComparison.Ordinal));
        if (left == 0)
            throw new PromiseBrokenException("the flood was over before the last single event: this proves nothing");
        TimeSpan longest = TimeSpan.Zero;
        foreach ((string single, TimeSpan at) in sent)
        {
            if (!handled.TryGetValue(single, out TimeSpan done) || done - at > Allowed)
                throw new PromiseBrokenException($"{single} was handled {(handled.ContainsKey(single) ? $"{done - at} after it was sent" : "not at all")}, with {left} of {Flood} events of another project waiting");
            longest = done - at > longest ? done - at : longest;
        }
        simulation.Note("checker", $"{Singles} single events beside {Flood} of another project: at most {longest.TotalSeconds:0.0} s each, {left} of the flood left");
        Console.WriteLine($"fair, seed {simulation.Seed}: {Singles} single events beside {Flood} of another project: at most {longest.TotalSeconds:0.0} s each, their work included; {left} of the flood left");
    }
}
