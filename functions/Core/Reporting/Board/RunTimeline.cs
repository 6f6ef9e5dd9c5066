namespace Cki;

/// <summary>One line of a run's story.</summary>
public sealed record TimelineEntry(DateTimeOffset At, string What, string Tone);

/// <summary>A run's story in order of time, told from its records.</summary>
public static class RunTimeline
{
    private const int EntriesMax = 300;

    public static IReadOnlyList<TimelineEntry> Of(BoardRun run)
    {
        List<TimelineEntry> all = [Detected(run.Detection)];
        foreach (RunAttempt attempt in run.Pipeline?.Attempts ?? [])
            all.AddRange(Attempt(attempt));
        foreach (JobRecord job in run.Jobs)
            all.AddRange(Job(job));
        all.AddRange(run.Deliveries.Where(d => d.SentAt is not null).Select(Delivered));
        return [.. all.OrderBy(e => e.At).ThenBy(e => e.What, StringComparer.Ordinal).Take(EntriesMax)];
    }

    private static TimelineEntry Detected(RunDetection found) =>
        new(found.DetectedAt, $"{What(found)} {found.Sha.Short} of {found.Tree}/{found.Branch} found {ReportWords.Of(found.FoundBy)}", "idle");

    private static string What(RunDetection found) => found.Adopted is { } adopted ? $"Pipeline {adopted.Pipeline.Id} ({adopted.Source}) on" : "Head";

    private static IEnumerable<TimelineEntry> Attempt(RunAttempt attempt)
    {
        if (attempt.StartedAt is { } started)
            yield return new TimelineEntry(started, $"Attempt {attempt.Number}: pipeline {attempt.Pipeline?.Id} started", "idle");
        if (attempt.SettledAt is { } settled && attempt.Result is { } result)
            yield return new TimelineEntry(settled, $"Attempt {attempt.Number} settled: {ReportWords.Of((attempt.Reconsidered is [var was, ..] ? was.Was : result).Verdict)}", BoardFrame.Tone((attempt.Reconsidered is [var first, ..] ? first.Was : result).Verdict));
        foreach (TimelineEntry again in JudgedAgain(attempt))
            yield return again;
    }

    private static IEnumerable<TimelineEntry> JudgedAgain(RunAttempt attempt)
    {
        IReadOnlyList<Reconsidered> all = attempt.Reconsidered ?? [];
        for (int i = 0; i < all.Count; i++)
        {
            if ((i + 1 < all.Count ? all[i + 1].Was : attempt.Result) is not { } now)
                yield break;
            string change = now.Verdict == all[i].Was.Verdict ? $"still {ReportWords.Of(now.Verdict)}" : $"{ReportWords.Of(now.Verdict)}, was {ReportWords.Of(all[i].Was.Verdict)}";
            yield return new TimelineEntry(
                all[i].At, $"Attempt {attempt.Number} judged again: {change}; {SafeText.Line(all[i].Reason, 200)} ({SafeText.Line(all[i].By, 80)})", BoardFrame.Tone(now.Verdict));
        }
    }

    private static IEnumerable<TimelineEntry> Job(JobRecord job)
    {
        foreach (JobAttempt attempt in job.Attempts.Where(a => a.Decision.Act != HerdAct.Leave || a.Decision.Finding != JobFinding.Passed))
            yield return new TimelineEntry(attempt.DecidedAt, $"{job.Name} (job {attempt.JobId}) {attempt.Status}: {HerdWords.Of(attempt.Decision)}", HerdWords.Tone(attempt.Decision));
        foreach (JobRetry retry in job.Retries.Where(r => r is { State: RetryState.Done, ClaimedAt: not null }))
            yield return new TimelineEntry(retry.ClaimedAt!.Value, $"{job.Name} run again as job {retry.NewJobId}", "idle");
    }

    private static TimelineEntry Delivered(ReportDelivery delivery) =>
        new(delivery.SentAt!.Value, $"Reported on {delivery.Channel} ({delivery.Kind})", "idle");
}

/// <summary>The herder's decisions in words.</summary>
public static class HerdWords
{
    public static string Of(HerdDecision decision)
    {
        string by = decision.Matcher is null ? "" : $" ({decision.Matcher})";
        return decision.Act switch
        {
            HerdAct.Retry => $"run again in {ReportWords.Span(decision.Delay)}{by}",
            HerdAct.Leave => $"left{by}, it counts as {Finding(decision.Finding)}",
            HerdAct.Hold => $"held, its failure class is in outage{by}",
            HerdAct.Confirm => $"to be confirmed elsewhere{by}",
            HerdAct.Later => "read again later, its trace is not complete",
            _ => $"{(decision.Act == HerdAct.Alert ? "operators alerted" : "operators told")}{by}",
        };
    }

    public static string Tone(HerdDecision decision) => decision.Act switch
    {
        HerdAct.Leave when decision.Finding == JobFinding.Failed => "bad",
        HerdAct.Leave when decision.Finding == JobFinding.Passed => "good",
        HerdAct.Leave => "idle",
        _ => "odd",
    };

    private static string Finding(JobFinding finding) => finding switch
    {
        JobFinding.NotRun => "not run",
        JobFinding.Nothing => "nothing",
        _ => finding.ToString().ToLowerInvariant(),
    };
}
