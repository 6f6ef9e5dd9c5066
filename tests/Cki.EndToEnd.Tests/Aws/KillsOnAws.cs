using Cki.GitLabSimulator;
using Cki.Tool.Demo;
using Xunit;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>kill -9 of whatever function makes the n-th call to AWS, before it or after its answer, at random numbers.</summary>
internal sealed class Killer(Random random, int kills) : ICallFate
{
    private readonly Lock gate = new();
    private int calls;
    private int next = random.Next(3, 12);
    private bool isBefore = random.Next(2) == 0;

    public List<string> Killed { get; } = [];

    public async Task<bool> RefusesAsync(RecordedCall call, FunctionSandbox by)
    {
        lock (gate)
            calls++;
        if (!IsDue(before: true, call))
            return false;
        await by.KillAsync();
        return true;
    }

    public async Task AnsweredAsync(RecordedCall call, FunctionSandbox by)
    {
        if (IsDue(before: false, call))
            await by.KillAsync();
    }

    private bool IsDue(bool before, RecordedCall call)
    {
        lock (gate)
        {
            if (Killed.Count >= kills || calls < next || before != isBefore)
                return false;
            Killed.Add($"{(before ? "before" : "after")} {call.Action} of {call.Function}");
            next = calls + random.Next(4, 25);
            isBefore = random.Next(2) == 0;
            return true;
        }
    }
}

/// <summary>A function's process dies in the middle of a batch, a task or a delivery: nothing is lost, nothing is doubled.</summary>
public sealed class KillsOnAws
{
    private const int Kills = 20;

    /// <summary>A POST whose claim died bars another for 3 minutes (rule 3); two may follow each other.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task Two_runs_survive_twenty_kills_with_one_pipeline_and_one_report_each()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("CKI_KILL_SEED"), out int given) ? given : Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"CKI_KILL_SEED={seed}");
        await using DemoOnAws demo = await DemoOnAws.StartAsync();
        demo.Suite.EachTick(TimeSpan.FromSeconds(2));
        await demo.BaselineAsync();
        var killer = new Killer(new Random(seed), Kills);
        foreach (DeployedFunction function in demo.Suite.Functions.Values)
            function.Fate = killer;
        var pushed = new List<string> { demo.World.Push(DemoWorld.GoodTitle) };
        string Told() => $"seed {seed}; {string.Join(", ", killer.Killed)}; reports {string.Join(", ", demo.Facts.Reports().Select(report => Path.GetFileName(report.File)))}";
        try
        {
            // A head that is overtaken before anybody saw it is no head: the first must have been seen.
            await demo.UntilAsync(() => Task.FromResult(demo.Facts.PipelinesOf(pushed[0]).Count > 0), s_patience);
            pushed.Add(demo.World.Push(DemoWorld.BadTitle));
            await demo.UntilAsync(() => Task.FromResult(killer.Killed.Count == Kills && pushed.All(sha => ReportsOf(demo, sha) > 0)), s_patience);
            await demo.UntilAsync(() => IsDrainedAsync(demo), TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException(Told(), e);
        }
        foreach (string sha in pushed)
        {
            IReadOnlyList<GitLabPipeline> pipelines = demo.Facts.PipelinesOf(sha);
            Assert.True(pipelines.Count(pipeline => pipeline.Status != "canceled") == 1 && pipelines.Count <= 2, $"{sha} has {pipelines.Count} pipelines; {Told()}");
            Assert.True(ReportsOf(demo, sha) == 1, $"{sha} has {ReportsOf(demo, sha)} reports; {Told()}");
        }
        Assert.Empty(await demo.Suite.Ports.Documents.KeysAsync("dead/", 10, default));
    }

    private static int ReportsOf(DemoOnAws demo, string sha) =>
        demo.Facts.Reports().Count(report => Path.GetFileName(report.File).Contains(sha[..12], StringComparison.Ordinal));

    /// <summary>No message is left on any queue but Watch's, which has a new tick now and then.</summary>
    private static async Task<bool> IsDrainedAsync(DemoOnAws demo)
    {
        foreach ((string queue, string url) in demo.Suite.Installation.Queues.Concat(demo.Suite.Installation.DeadQueues))
        {
            if (queue != "watch" && await demo.Suite.WaitingAsync(url) > 0)
                return false;
        }
        return true;
    }
}
