using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>The hook of the kernel project as GitLab and the operators see it.</summary>
public sealed class HookPromises(Simulation simulation, Town town)
{
    private const string Notice = $"hook-{Town.GitLabHost}/{Town.KernelProject}";

    public int Tests => town.GitLab.Writes.Count(w => w.Route.EndsWith("/test/:trigger", StringComparison.Ordinal));

    /// <summary>A delivery was answered since the failures.</summary>
    public bool IsHookUp => Hook is { DisabledUntil: null, RecentFailures: 0 };

    private GitLabHook Hook => town.GitLab.Project(Town.KernelProject).Hooks[0];

    public async Task PushUntilDisabledAsync()
    {
        for (int n = 0; Hook.AlertStatus(simulation.GetUtcNow()) == "executable"; n++)
        {
            if (n == 60)
                throw new PromiseBrokenException("GitLab did not disable the hook");
            if (n % 10 == 0)
                town.Commits.PushOne(Town.Branches[n / 10 % Town.Branches.Length]);
            await simulation.RunForAsync(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>People go on.</summary>
    public void PlanPushes(TimeSpan within)
    {
        for (int n = 0; n < 6; n++)
        {
            string branch = Town.Branches[simulation.Dice.Between("push.branch", 0, Town.Branches.Length - 1)];
            simulation.Schedule(within * simulation.Dice.Fraction("push.at"), simulation.Outside, () => town.Commits.PushOne(branch));
        }
    }

    /// <summary>Pushed, never tested, and no later head of the branch was.</summary>
    public Pushed[] Untested()
    {
        HashSet<string> tested = [.. Shas()];
        return
        [
            .. town.Commits.Heads.Where(head => !tested.Contains(head.Sha)
                && !town.Commits.Heads.Any(later => later.Branch == head.Branch && later.At > head.At && tested.Contains(later.Sha))),
        ];
    }

    public async Task UntilAsync(Func<bool> isSo, TimeSpan limit, string otherwise)
    {
        for (TimeSpan end = simulation.Elapsed + limit; !isSo(); await simulation.RunForAsync(TimeSpan.FromSeconds(1)))
        {
            if (simulation.Elapsed >= end)
                throw new PromiseBrokenException($"after {limit}, {otherwise}");
        }
    }

    public async Task PushesComeByWebhookAsync()
    {
        town.Commits.PushOne("main");
        await UntilAsync(() => Untested().Length == 0, TimeSpan.FromMinutes(12), "a push after the hook's return is not tested");
    }

    /// <summary>Exactly one notice that it is down and one that it is up; when the first was received.</summary>
    public TimeSpan CheckNotices()
    {
        Receipt[] told = [.. town.Receivers.Receipts.Where(r => r.Notice?.StartsWith("hook-", StringComparison.Ordinal) == true && r.Channel == "operators").DistinctBy(r => r.Id)];
        if (!told.Select(r => r.Notice).SequenceEqual([$"{Notice} start", $"{Notice} end"]))
            throw new PromiseBrokenException($"operators were told {string.Join(", ", told.Select(r => $"{r.Notice} at {r.At}"))}");
        return told[0].At;
    }

    /// <summary>No head is tested twice, and nothing that nobody pushed: a test delivery starts no run.</summary>
    public void CheckPipelines()
    {
        HashSet<string> pushed = [.. town.Commits.Heads.Select(h => h.Sha)];
        foreach (IGrouping<string, string> sha in Shas().GroupBy(sha => sha))
        {
            if (!pushed.Contains(sha.Key))
                throw new PromiseBrokenException($"{sha.Key} was tested, and nobody pushed it");
            if (sha.Count() > 1)
                throw new PromiseBrokenException($"{sha.Key} has {sha.Count()} pipelines");
        }
    }

    public async Task<string> WaysAsync(EmbeddedEngine engine)
    {
        var documents = new Documents(engine.Store, simulation.Dice, simulation);
        var ways = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string key in (await documents.KeysAsync("runs/", 10_000, CancellationToken.None)).Where(k => k.EndsWith("/detection.json", StringComparison.Ordinal)))
        {
            RunDetection run = (await documents.GetAsync(key, DocumentJson.Default.RunDetection, CancellationToken.None))!.Value;
            string way = run.State == DetectionState.Detected ? $"by {run.FoundBy}" : $"{run.State}";
            ways[way] = ways.GetValueOrDefault(way) + 1;
        }
        return string.Join(", ", ways.Select(w => $"{w.Value} {w.Key}"));
    }

    private IEnumerable<string> Shas() => town.GitLab.Pipelines.Where(p => p.RunId is not null).Select(p => p.Variables["CKI_SHA"]);
}
