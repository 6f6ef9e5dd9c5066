namespace Cki;

/// <summary>What one job, with all its attempts and decisions, says at the end of a run.</summary>
public enum JobSays
{
    Passed,

    /// <summary>Passed in the end; an earlier attempt is unexplained or weak.</summary>
    Flaky,

    /// <summary>Evidence against the commit, in any attempt.</summary>
    Failed,

    /// <summary>It fails, and did so before this commit.</summary>
    Known,
    Configuration,
    Undetermined,
    Infrastructure,
    Canceled,

    /// <summary>Skipped, manual, or still waiting when the run ended.</summary>
    NotRun,
}

/// <summary>A job's outcome with what explains it.</summary>
/// <param name="Last">The latest attempt.</param>
/// <param name="Told">The attempt the outcome rests on.</param>
/// <param name="Decision">On <paramref name="Told"/>; null where none was recorded.</param>
/// <param name="Reason">In words, without the job's name.</param>
public sealed record JobOutcome(JobSays Says, PipelineJob Last, PipelineJob Told, HerdDecision? Decision, string Reason)
{
    public string Architecture { get; init; } = Architectures.None;

    /// <summary>Smallest id of its attempts: stages and jobs are told in the order in which GitLab created them.</summary>
    public long FirstId { get; init; }

    /// <summary>All attempts, in order of id; empty for what is no job.</summary>
    public IReadOnlyList<PipelineJob> Attempts { get; init; } = [];

    /// <summary>Those with evidence against the commit.</summary>
    public IReadOnlyList<PipelineJob> Blaming { get; init; } = [];

    /// <summary>Runners of the attempts that failed like <see cref="Told"/>.</summary>
    public IReadOnlyList<string> Runners { get; init; } = [];

    /// <summary>Skipped, as opposed to a manual job that nobody started or one that was still to come.</summary>
    public bool IsSkipped => Says == JobSays.NotRun && Last.Status == GitLabStatus.Skipped;

    public bool IsManual => Says == JobSays.NotRun && Last.Status == GitLabStatus.Manual;
}

/// <summary>
/// Judges one job name by all its attempts. Evidence of a real failure is sticky: one failed attempt makes the job failed, whatever came
/// later. Without evidence nobody is blamed (promise 2).
/// </summary>
public static class JobOutcomes
{
    /// <param name="attempts">All attempts of one job name, at least one, ascending id.</param>
    /// <param name="decisions">By job id.</param>
    public static JobOutcome Of(IReadOnlyList<PipelineJob> attempts, IReadOnlyDictionary<long, HerdDecision> decisions)
    {
        PipelineJob last = attempts[^1];
        foreach (PipelineJob attempt in attempts)
        {
            if (decisions.TryGetValue(attempt.Id, out HerdDecision? decision) && decision.BlamesCommit)
                return Sticky(attempts, attempt, decision, decisions);
        }
        HerdDecision? lastDecision = decisions.GetValueOrDefault(last.Id);
        if (attempts.LastOrDefault(a => decisions.GetValueOrDefault(a.Id) is { Finding: JobFinding.Known }) is { } known)
            return new JobOutcome(JobSays.Known, last, known, decisions[known.Id], decisions[known.Id].Reason);
        return last.Status switch
        {
            GitLabStatus.Success => OfSuccess(attempts, decisions),
            GitLabStatus.Failed => OfFailure(last, lastDecision),
            GitLabStatus.Canceled => new JobOutcome(JobSays.Canceled, last, last, lastDecision, lastDecision?.Reason ?? "it was canceled"),
            GitLabStatus.Skipped => new JobOutcome(JobSays.NotRun, last, last, lastDecision, "skipped"),
            GitLabStatus.Manual => new JobOutcome(JobSays.NotRun, last, last, lastDecision, "manual, nobody started it"),
            _ => new JobOutcome(JobSays.NotRun, last, last, lastDecision, $"still {last.Status.Replace('_', ' ')}"),
        };
    }

    private static JobOutcome Sticky(
        IReadOnlyList<PipelineJob> attempts, PipelineJob failed, HerdDecision decision, IReadOnlyDictionary<long, HerdDecision> decisions)
    {
        PipelineJob[] blaming = [.. attempts.Where(a => decisions.TryGetValue(a.Id, out HerdDecision? d) && d.BlamesCommit)];
        string reason = attempts.Count == 1 ? decision.Reason : $"failed {blaming.Length} of {attempts.Count} attempts: {decision.Reason}";
        string? signature = FailureSignature.Of(decision.Quote);
        return new JobOutcome(JobSays.Failed, attempts[^1], failed, decision, reason)
        {
            Blaming = blaming,
            Runners =
            [
                .. blaming.Where(a => a == failed || (signature is not null && FailureSignature.Of(decisions[a.Id].Quote) == signature))
                    .Select(a => a.Runner).OfType<string>().Distinct(),
            ],
        };
    }

    private static JobOutcome OfSuccess(IReadOnlyList<PipelineJob> attempts, IReadOnlyDictionary<long, HerdDecision> decisions)
    {
        PipelineJob last = attempts[^1];
        // A green job that tested nothing is no pass.
        if (decisions.TryGetValue(last.Id, out HerdDecision? decision) && decision.Finding == JobFinding.NotRun)
            return new JobOutcome(JobSays.NotRun, last, last, decision, decision.Reason);
        foreach (PipelineJob earlier in attempts.SkipLast(1).Reverse())
        {
            if (!decisions.TryGetValue(earlier.Id, out HerdDecision? doubt))
                continue;
            if (doubt.Act == HerdAct.Confirm || doubt.Finding is JobFinding.Undetermined or JobFinding.Flaky)
                return new JobOutcome(JobSays.Flaky, last, earlier, doubt, $"passed at the {Ordinal(attempts.Count)} attempt; before: {doubt.Reason}");
        }
        return new JobOutcome(JobSays.Passed, last, last, decision, "passed");
    }

    private static JobOutcome OfFailure(PipelineJob last, HerdDecision? decision)
    {
        if (decision is null)
            return new JobOutcome(JobSays.Undetermined, last, last, null, "no decision on it was recorded");
        JobSays says = (decision.Act, decision.Finding) switch
        {
            // Weak evidence is to be confirmed elsewhere; as long as it is not, it blames nobody.
            (HerdAct.Confirm, _) => JobSays.Undetermined,
            (_, JobFinding.Configuration) => JobSays.Configuration,
            (_, JobFinding.Infrastructure) => JobSays.Infrastructure,
            (_, JobFinding.Passed) => JobSays.Passed,
            (_, JobFinding.Flaky) => JobSays.Flaky,
            (_, JobFinding.NotRun) => JobSays.NotRun,
            (_, JobFinding.Canceled) => JobSays.Canceled,
            // It was to be run again for a reason that says nothing about the commit, and was not: the retry was dropped or refused.
            (HerdAct.Retry or HerdAct.Hold, JobFinding.Nothing) => JobSays.Infrastructure,
            _ => JobSays.Undetermined,
        };
        return new JobOutcome(says, last, last, decision, decision.Reason);
    }

    private static string Ordinal(int number) => number switch
    {
        2 => "second",
        3 => "third",
        _ => $"{number}th",
    };
}
