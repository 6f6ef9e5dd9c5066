namespace Cki;

/// <summary>What follows on a starving attempt.</summary>
public abstract record FallbackDecision
{
    private FallbackDecision() { }   // closed

    /// <summary>Operators are told which runners with these tags stand by; the starving jobs get their time once more.</summary>
    public sealed record NameStandbys(IReadOnlyList<PipelineJob> Starving) : FallbackDecision;

    /// <summary>The architecture's child pipeline again: nothing of it has finished.</summary>
    public sealed record ChildAgain(PipelineBridge Bridge) : FallbackDecision;

    /// <summary>The whole pipeline again, with this fallback's variables (null: the attempt's own).</summary>
    public sealed record Again(int Attempt, int? Fallback) : FallbackDecision;

    /// <summary>What starves is not run; the rest is reported.</summary>
    public sealed record SettleWithout(string Why) : FallbackDecision;
}

/// <summary>What falling back rests on, besides the run and its attempt.</summary>
/// <param name="Jobs">Of all pipelines of the tree, retried ones included.</param>
public sealed record FallbackFacts(IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<PipelineBridge> Bridges)
{
    /// <summary>A retry was dropped because what it needs is gone: one new attempt at the same commit.</summary>
    public bool WantsNewAttempt { get; init; }
}

/// <summary>
/// The order of architecture.md: standby runners with the same tags; the architecture's child pipeline again; the whole pipeline with the next
/// fallback's variables, only if no job has finished; else that architecture is not run and the rest is reported.
/// </summary>
public static class FallingBack
{
    public static FallbackDecision Decide(RunPipeline run, RunAttempt attempt, TreePipeline tree, FallbackFacts facts)
    {
        if (run.Latest.Number != attempt.Number)
            return new FallbackDecision.SettleWithout($"attempt {run.Latest.Number} took over");
        if (facts.WantsNewAttempt && !tree.IsOthers)
            return OnceMore(attempt);
        PipelineJob[] starving = [.. Starving(facts.Jobs)];
        if (attempt.StandbysSoughtAt is null && starving.Length > 0)
            return new FallbackDecision.NameStandbys(starving);
        if (tree.IsOthers)
            return new FallbackDecision.SettleWithout("others started the pipeline: we start none in its place");
        if (starving.Length > 0 && Child(attempt, starving, facts) is { } child)
            return new FallbackDecision.ChildAgain(child);
        string[] architectures = [.. starving.Select(RunOutcomes.Architecture).Distinct()];
        int next = attempt.Fallback is { } used ? used + 1 : 0;
        while (next < tree.Fallbacks.Count && !tree.Fallbacks[next].Helps(architectures))
            next++;
        if (next >= tree.Fallbacks.Count)
            return new FallbackDecision.SettleWithout(Exhausted(tree, architectures));
        PipelineJob? finished = facts.Jobs.FirstOrDefault(IsFinished);
        return finished is null
            ? new FallbackDecision.Again(attempt.Number + 1, next)
            : new FallbackDecision.SettleWithout($"{finished.Name} has finished already");
    }

    public static IEnumerable<PipelineJob> Starving(IReadOnlyList<PipelineJob> jobs) => Settling.Latest(jobs).Where(j => j.Status == GitLabStatus.Pending);

    // One new attempt for one commit: what expires again within it is left as it is.
    private static FallbackDecision OnceMore(RunAttempt attempt) => attempt.Number == 1
        ? new FallbackDecision.Again(attempt.Number + 1, attempt.Fallback)
        : new FallbackDecision.SettleWithout("artefacts were gone again");

    // Only a bridge of the run's own pipeline, and only a child in which nothing has finished: a bridge run again starts everything again.
    private static PipelineBridge? Child(RunAttempt attempt, PipelineJob[] starving, FallbackFacts facts) => facts.Bridges
        .Where(b => b.Downstream is { } child && b.Missing is null && !b.Name.Contains(" / ", StringComparison.Ordinal) && b.Stage != "expected"
            && starving.Any(j => j.PipelineId == child.Id) && !facts.Jobs.Any(j => j.PipelineId == child.Id && IsFinished(j)))
        .Where(b => attempt.Regenerations?.Any(r => r.Path == b.Name && r.IsDone) != true)
        .OrderBy(b => b.Id).FirstOrDefault();

    private static string Exhausted(TreePipeline tree, string[] architectures)
    {
        if (tree.Fallbacks.Count == 0)
            return "the tree has no fallback";
        return tree.Fallbacks.Any(f => f.Helps(architectures)) ? "all fallbacks were used" : $"the tree has no fallback for {string.Join(", ", architectures)}";
    }

    private static bool IsFinished(PipelineJob job) => GitLabStatus.IsTerminal(job.Status) && job.Status != GitLabStatus.Skipped;
}
