namespace Cki;

/// <summary>What follows on a starving attempt.</summary>
public abstract record FallbackDecision
{
    private FallbackDecision() { }   // closed

    /// <summary>The whole pipeline again, with this fallback's variables.</summary>
    public sealed record Again(int Attempt, int Fallback) : FallbackDecision;

    /// <summary>What starves is not run; the rest is reported.</summary>
    public sealed record SettleWithout(string Why) : FallbackDecision;
}

/// <summary>Falls back to the tree's next set of variables, as long as nothing would be run twice.</summary>
public static class FallingBack
{
    public static FallbackDecision Decide(RunPipeline run, RunAttempt attempt, TreePipeline tree, IReadOnlyList<PipelineJob> jobs)
    {
        if (run.Latest.Number != attempt.Number)
            return new FallbackDecision.SettleWithout($"attempt {run.Latest.Number} took over");
        int next = attempt.Fallback is { } used ? used + 1 : 0;
        if (next >= tree.Fallbacks.Count)
            return new FallbackDecision.SettleWithout(tree.Fallbacks.Count == 0 ? "the tree has no fallback" : "all fallbacks were used");
        PipelineJob? finished = jobs.FirstOrDefault(j => GitLabStatus.IsTerminal(j.Status) && j.Status != GitLabStatus.Skipped);
        return finished is null
            ? new FallbackDecision.Again(attempt.Number + 1, next)
            : new FallbackDecision.SettleWithout($"{finished.Name} has finished already");
    }
}
