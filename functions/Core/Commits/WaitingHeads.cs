namespace Cki;

/// <summary>The part of <see cref="TreeHeads"/> that remembers which heads wait and when branches were tested.</summary>
public static class WaitingHeads
{
    /// <summary>On one branch; the oldest beyond it are covered right away.</summary>
    public const int Most = 200;

    /// <summary>As the document stands once <paramref name="decisions"/> were carried out.</summary>
    /// <param name="standing">What others added since <paramref name="read"/> stays.</param>
    /// <param name="read">On which the decisions were made.</param>
    /// <param name="rules">Null for a tree that left the configuration.</param>
    public static TreeHeads After(TreeHeads standing, TreeHeads? read, IReadOnlyList<HeadDecision> decisions, TreeRules? rules, DateTimeOffset now)
    {
        var waiting = new SortedDictionary<string, IReadOnlyList<WaitingHead>>(standing.Waiting ?? [], StringComparer.Ordinal);
        var tested = new SortedDictionary<string, IReadOnlyList<DateTimeOffset>>(standing.TestedAt ?? [], StringComparer.Ordinal);
        foreach (HeadDecision decision in decisions)
        {
            if (decision is HeadDecision.Wait wait)
                Add(waiting, wait, now);
            else if (decision is not HeadDecision.Passed)
                Drop(waiting, decision, read);
            if (decision is HeadDecision.Test && rules?.AtMost is not null)
                tested[decision.Branch] = [.. tested.GetValueOrDefault(decision.Branch) ?? [], now];
        }
        return standing with { Waiting = waiting.Count == 0 ? null : waiting, TestedAt = Recent(tested, rules?.AtMost, now) };
    }

    /// <summary>Those of the branch that are in no list any more once <paramref name="wait"/> joins it.</summary>
    public static IReadOnlyList<WaitingHead> Overflow(TreeHeads? known, HeadDecision.Wait wait)
    {
        IReadOnlyList<WaitingHead> waiting = known?.WaitingOn(wait.Branch) ?? [];
        int others = waiting.Count(w => w.Sha != wait.Sha);
        return [.. waiting.Where(w => w.Sha != wait.Sha).Take(others + 1 - Most)];
    }

    private static void Add(SortedDictionary<string, IReadOnlyList<WaitingHead>> waiting, HeadDecision.Wait wait, DateTimeOffset now)
    {
        IReadOnlyList<WaitingHead> before = waiting.GetValueOrDefault(wait.Branch) ?? [];
        if (before.Count > 0 && before[^1].Sha == wait.Sha)
            return;
        DateTimeOffset since = before.FirstOrDefault(w => w.Sha == wait.Sha)?.Since ?? now;
        waiting[wait.Branch] = [.. before.Where(w => w.Sha != wait.Sha).TakeLast(Most - 1), new WaitingHead(wait.Sha, since, wait.Title)];
    }

    private static void Drop(SortedDictionary<string, IReadOnlyList<WaitingHead>> waiting, HeadDecision done, TreeHeads? read)
    {
        if (!waiting.TryGetValue(done.Branch, out IReadOnlyList<WaitingHead>? standing))
            return;
        CommitSha[] settled = [.. (read?.WaitingOn(done.Branch) ?? []).Select(w => w.Sha)];
        CommitSha? itself = (done as HeadDecision.Test)?.Sha ?? (done as HeadDecision.Recorded)?.Sha;
        WaitingHead[] left = [.. standing.Where(w => !settled.Contains(w.Sha) && w.Sha != itself)];
        if (left.Length == 0)
            waiting.Remove(done.Branch);
        else
            waiting[done.Branch] = left;
    }

    private static SortedDictionary<string, IReadOnlyList<DateTimeOffset>>? Recent(
        SortedDictionary<string, IReadOnlyList<DateTimeOffset>> tested, Frequency? limit, DateTimeOffset now)
    {
        var recent = new SortedDictionary<string, IReadOnlyList<DateTimeOffset>>(StringComparer.Ordinal);
        foreach ((string branch, IReadOnlyList<DateTimeOffset> times) in tested)
        {
            DateTimeOffset[] kept = limit is null ? [] : [.. times.Where(t => t + limit.Per > now).TakeLast(limit.Count)];
            if (kept.Length > 0)
                recent[branch] = kept;
        }
        return recent.Count == 0 ? null : recent;
    }
}
