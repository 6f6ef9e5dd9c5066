using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// Every head is accounted for: it has its pipeline in GitLab, exactly one, or a later head of its branch has. The figures are from our own records,
/// the promises are not.
/// </summary>
public sealed class HeadsPromises(Simulation simulation, Town town, HeadsTown heads)
{
    /// <param name="stood">A head that stands at the end has its pipeline after so long.</param>
    /// <param name="overtaken">One that a later push took the place of, while polls failed and their processes died.</param>
    public void Check(TimeSpan stood, TimeSpan overtaken)
    {
        ILookup<string, GitLabPipeline> pipelines = town.GitLab.Pipelines.ToLookup(p => p.Variables.GetValueOrDefault("CKI_SHA", ""));
        var later = new SortedDictionary<string, PushedTo>(StringComparer.Ordinal);
        foreach (PushedTo head in heads.Pushed.Reverse())
        {
            string branch = $"{head.Tree}/{head.Branch}";
            GitLabPipeline[] own = [.. pipelines[head.Sha]];
            if (own.Length > 1)
                throw new PromiseBrokenException($"{Name(head)} has pipelines {string.Join(", ", own.Select(p => p.Id))}");
            TimeSpan until = later.TryGetValue(branch, out PushedTo? newer) ? newer.At : simulation.Elapsed;
            if (own.Length == 0 && until - head.At >= (newer is null ? stood : overtaken))
                throw new PromiseBrokenException($"{Name(head)} stood for {until - head.At} and has no pipeline");
            later[branch] = head;
        }
    }

    /// <summary>Of all heads, none is left without its own pipeline or that of a later head of its branch.</summary>
    public int Unaccounted()
    {
        HashSet<string> tested = [.. town.GitLab.Pipelines.Select(p => p.Variables.GetValueOrDefault("CKI_SHA", ""))];
        return heads.Pushed.Count(head => !tested.Contains(head.Sha)
            && !heads.Pushed.Any(later => later.Tree == head.Tree && later.Branch == head.Branch && later.At > head.At && tested.Contains(later.Sha)));
    }

    /// <summary>By which way heads were found, and how long after the push.</summary>
    public async Task<string> FiguresAsync(EmbeddedEngine engine)
    {
        var documents = new Documents(engine.Store, simulation.Dice, simulation);
        DateTimeOffset started = simulation.GetUtcNow() - simulation.Elapsed;
        Dictionary<string, PushedTo> pushed = heads.Pushed.ToDictionary(h => h.Sha);
        var delays = new SortedDictionary<string, List<double>>(StringComparer.Ordinal);
        foreach (string key in (await documents.KeysAsync("runs/", 100_000, CancellationToken.None)).Where(k => k.EndsWith("/detection.json", StringComparison.Ordinal)))
        {
            RunDetection run = (await documents.GetAsync(key, DocumentJson.Default.RunDetection, CancellationToken.None))!.Value;
            string way = run.State == DetectionState.Detected ? run.FoundBy.ToString() : run.State.ToString();
            if (!delays.TryGetValue(way, out List<double>? of))
                delays[way] = of = [];
            of.Add((run.DetectedAt - started - pushed[run.Sha.Value].At).TotalSeconds);
        }
        int tested = town.GitLab.Pipelines.Count;
        return $"{heads.Pushed.Count} heads in {HeadsTown.Trees} trees, {tested} tested, {heads.Pushed.Count - tested} covered by a later one, {Unaccounted()} unaccounted; "
            + string.Join("; ", delays.Select(d => $"{d.Key} {Spread(d.Value)}"));
    }

    private static string Spread(List<double> seconds)
    {
        seconds.Sort();
        double At(double share) => seconds[(int)((seconds.Count - 1) * share)];
        return FormattableString.Invariant($"{seconds.Count}: median {At(0.5):0.0} s, p90 {At(0.9):0} s, p99 {At(0.99):0} s, most {seconds[^1]:0} s");
    }

    private static string Name(PushedTo head) => $"{HeadsTown.Tree(head.Tree)} {head.Branch} {head.Sha[..12]} (pushed at {head.At} with {head.Refs} refs)";
}
