namespace Cki;

/// <summary>A failed attempt of the past: what became of the job, and what the matchers of today would have done.</summary>
/// <param name="RetriedBy">User name of who started the next attempt; null: nobody did.</param>
/// <param name="PassedLater">A later attempt of the same name in the same pipeline passed.</param>
public sealed record PastFailure(PipelineJob Job, string? RetriedBy, bool PassedLater, HerdDecision Decision)
{
    public bool WouldRetry => Decision.Act is HerdAct.Retry or HerdAct.Hold;
}

/// <summary>How often one matcher (or rule) would have acted, and what became of those jobs.</summary>
public sealed record CoverageRow(string Matcher, int Failures, int PassedLater, int FailedAgain, int NeverRetried);

/// <summary>
/// Recall over history: a job that failed and then passed without a change should have been retried by a matcher. What matchers would have retried
/// and what failed again anyway is shown beside it: the price.
/// </summary>
/// <param name="Recovered">Failed attempts that passed later.</param>
/// <param name="Covered">Of these, how many a matcher or rule would have retried.</param>
/// <param name="Confirmed">Of these, how many would have been run again elsewhere to confirm weak evidence.</param>
/// <param name="ByPeople">Recovered by a person's retry.</param>
/// <param name="Missed">Recovered, and nothing would have retried them.</param>
public sealed record MatcherCoverage(
    int Failures, int Recovered, int Covered, int Confirmed, int ByBot, int ByPeople, IReadOnlyList<CoverageRow> Rows, IReadOnlyList<PastFailure> Missed)
{
    /// <summary>0 to 1; 1 where nothing recovered.</summary>
    public double Recall => Recovered == 0 ? 1 : (double)Covered / Recovered;

    public static MatcherCoverage Of(IReadOnlyList<PastFailure> past, string botUser)
    {
        PastFailure[] recovered = [.. past.Where(p => p.PassedLater)];
        return new MatcherCoverage(
            past.Count, recovered.Length, recovered.Count(p => p.WouldRetry), recovered.Count(p => p.Decision.Act == HerdAct.Confirm),
            recovered.Count(p => p.RetriedBy == botUser), recovered.Count(p => p.RetriedBy is not null && p.RetriedBy != botUser),
            [.. past.Where(p => p.WouldRetry).GroupBy(p => p.Decision.Matcher ?? "").OrderBy(g => g.Key, StringComparer.Ordinal).Select(Row)],
            [.. recovered.Where(p => !p.WouldRetry && p.Decision.Act != HerdAct.Confirm)]);
    }

    /// <summary>For each failed attempt of a pipeline's jobs (retried ones included): who ran it again, and whether that passed.</summary>
    public static IEnumerable<(PipelineJob Failed, string? RetriedBy, bool PassedLater)> Attempts(IEnumerable<PipelineJob> jobs)
    {
        foreach (IGrouping<string, PipelineJob> name in jobs.GroupBy(j => j.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            PipelineJob[] attempts = [.. name.OrderBy(j => j.Id)];
            for (int i = 0; i < attempts.Length; i++)
            {
                if (attempts[i].Status != GitLabStatus.Failed)
                    continue;
                PipelineJob? next = i + 1 < attempts.Length ? attempts[i + 1] : null;
                yield return (attempts[i], next is null ? null : next.User ?? "unknown", attempts[(i + 1)..].Any(j => j.Status == GitLabStatus.Success));
            }
        }
    }

    private static CoverageRow Row(IGrouping<string, PastFailure> matcher) => new(
        matcher.Key, matcher.Count(), matcher.Count(p => p.PassedLater), matcher.Count(p => !p.PassedLater && p.RetriedBy is not null), matcher.Count(p => p.RetriedBy is null));
}
