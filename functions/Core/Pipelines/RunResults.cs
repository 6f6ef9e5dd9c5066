using System.Diagnostics;

namespace Cki;

/// <summary>
/// Makes a run's result of its jobs and decisions. The verdict is the first of these that holds for a job that gates (allow_failure jobs never
/// flip it): <c>failed</c> (evidence against the commit outlives everything, being superseded included), <c>superseded</c>,
/// <c>canceled</c> by a person who ended the run, <c>configuration</c>, <c>undetermined</c>, <c>infrastructure</c>, <c>canceled</c>, <c>incomplete</c> (a deadline, starvation, or nothing
/// was tested), <c>passed</c>. All between failed and passed go to operators only, the one that they can do most about first.
/// </summary>
public static class RunResults
{
    private const int NamesMax = 5;

    /// <param name="jobs">Of all pipelines of the tree, retried ones included; names tell them apart (<c>bridge / job</c>).</param>
    /// <param name="ending">Why the attempt ends: <c>Settled</c>, <c>Deadline</c>, <c>Starving</c>, <c>Superseded</c> or <c>Canceled</c>.</param>
    public static RunResult Of(
        IReadOnlyList<PipelineJob> jobs, IReadOnlyList<JobRecord> records, IReadOnlyList<PipelineBridge> bridges, CheckDecision ending,
        VerdictStatement? statement = null)
    {
        JobOutcome[] all = RunOutcomes.Of(jobs, records, bridges);
        JobOutcome[] gating = [.. all.Where(o => !o.Last.AllowFailure)];
        // What the pipeline states holds for one that ran to its end.
        (Verdict verdict, string reason) = (ending is CheckDecision.Settled ? statement?.Of(all) : null) ?? Judge(all, gating, ending);
        return new RunResult(verdict, reason)
        {
            Cells = ResultCells.Of(all),
            Failures = [.. gating.Where(o => o.Says == JobSays.Failed).Select(Told)],
            Others = [.. gating.Where(o => o.Says is JobSays.Configuration or JobSays.Undetermined or JobSays.Infrastructure).Select(Told)],
            Known = [.. gating.Where(o => o.Says == JobSays.Known).Select(Told)],
            Reruns = [.. Reruns(jobs, records)],
            PassedWith = [.. all.Select(PassedWith).OfType<PassedWithWarning>()],
            Warnings = [.. all.Select(Warning).OfType<string>()],
        };
    }

    /// <summary>
    /// An attempt that ended without a pipeline, or whose pipeline cannot be read any more: what was recorded about its jobs still speaks, so that
    /// trouble of ours never takes back evidence against the commit.
    /// </summary>
    /// <param name="records">Of the attempt's pipeline and of its downstream ones; none where it had none.</param>
    /// <param name="otherwise">The verdict where no record holds such evidence.</param>
    /// <param name="reason">Why nothing more is known.</param>
    public static RunResult OfRecords(IReadOnlyList<JobRecord> records, Verdict otherwise, string reason)
    {
        PipelineJob[] jobs = [.. records.SelectMany(record => record.Attempts.Select(attempt => Recorded(record, attempt, records)))];
        if (jobs.Length == 0)
            return new RunResult(otherwise, reason);
        RunResult known = Of(jobs, records, [], new CheckDecision.Settled());
        known = known with { Warnings = [.. known.Warnings, $"only jobs that were decided on are known: {reason}"] };
        return known.Verdict == Verdict.Failed ? known : known with { Verdict = otherwise, Reason = reason };
    }

    // Records of several pipelines may bear the same name: each stays a job of its own.
    private static PipelineJob Recorded(JobRecord record, JobAttempt attempt, IReadOnlyList<JobRecord> all)
    {
        string name = all.All(r => r.Pipeline == record.Pipeline) ? record.Name : $"{record.Pipeline.Id} / {record.Name}";
        return new PipelineJob(attempt.JobId, name, record.Stage, attempt.Status, record.AllowFailure, attempt.FailureReason, attempt.Runner, attempt.WebUrl)
        {
            PipelineId = record.Pipeline.Id,
        };
    }

    private static (Verdict Verdict, string Reason) Judge(JobOutcome[] all, JobOutcome[] gating, CheckDecision ending)
    {
        if (Those(gating, JobSays.Failed) is { } failed)
            return (Verdict.Failed, failed);
        if (ending is CheckDecision.Superseded superseded)
            return (Verdict.Superseded, $"{superseded.Newer.Short} took its place");
        if (ending is CheckDecision.Canceled byPerson)
            return (Verdict.Canceled, $"canceled by {byPerson.By}: {byPerson.Reason}");
        if (all.Length == 0 && ending is CheckDecision.Settled)
            return (Verdict.Configuration, "the pipeline has no jobs");
        if (Those(gating, JobSays.Configuration) is { } configuration)
            return (Verdict.Configuration, configuration);
        if (Those(gating, JobSays.Undetermined) is { } undetermined)
            return (Verdict.Undetermined, undetermined);
        if (Those(gating, JobSays.Infrastructure) is { } infrastructure)
            return (Verdict.Infrastructure, infrastructure);
        if (Those(gating, JobSays.Canceled) is { } canceled)
            return (Verdict.Canceled, canceled);
        if (Unfinished(ending) is { } unfinished)
            return (Verdict.Incomplete, unfinished);
        return Untested(all) is { } untested ? (Verdict.Incomplete, untested) : (Verdict.Passed, Passed(all));
    }

    private static string? Unfinished(CheckDecision ending) => ending switch
    {
        CheckDecision.Settled => null,
        CheckDecision.Deadline deadline => deadline.Reason,
        CheckDecision.Starving starving => $"no runner took {Names(starving.Jobs)}",
        _ => throw new UnreachableException($"an attempt does not end as {ending}"),
    };

    /// <summary>
    /// All tests skipped is never passed. A stage of which nothing ran counts when it tests by its name or was skipped because of something;
    /// other such stages hold <c>when: on_failure</c> jobs, which are skipped in every good pipeline.
    /// </summary>
    private static string? Untested(JobOutcome[] all)
    {
        if (!all.Any(IsGood))
            return "nothing was run";
        foreach (IGrouping<string, JobOutcome> stage in all.Where(o => !o.IsManual).GroupBy(o => o.Last.Stage))
        {
            bool matters = stage.Any(o => HerdScope.IsTest(o.Last) || !o.IsSkipped || o.Reason != RunOutcomes.Skipped);
            if (matters && stage.All(o => o.Says == JobSays.NotRun))
                return $"nothing of stage {stage.Key} was run: {stage.First().Last.Name} {stage.First().Reason}";
        }
        return null;
    }

    private static string Passed(JobOutcome[] all)
    {
        int passed = all.Count(IsGood);
        int notRun = all.Count(o => o.Says == JobSays.NotRun);
        int known = all.Count(o => o.Says == JobSays.Known);
        string jobs = passed == 1 ? "1 job passed" : $"{passed} jobs passed";
        jobs = known == 0 ? jobs : $"{jobs}, {known} as before failed";
        return notRun == 0 ? jobs : $"{jobs}, {notRun} not run";
    }

    private static bool IsGood(JobOutcome outcome) => outcome.Says is JobSays.Passed or JobSays.Flaky;

    private static string? Those(JobOutcome[] outcomes, JobSays says)
    {
        JobOutcome[] those = [.. outcomes.Where(o => o.Says == says)];
        return those.Length switch
        {
            0 => null,
            1 => $"{those[0].Last.Name}: {those[0].Reason}",
            _ => $"{Names([.. those.Select(o => o.Last.Name)])}; first {those[0].Last.Name}: {those[0].Reason}",
        };
    }

    private static string Names(IReadOnlyList<string> names) =>
        names.Count <= NamesMax ? string.Join(", ", names) : $"{string.Join(", ", names.Take(NamesMax))} and {names.Count - NamesMax} more";

    internal static FailedJob Told(JobOutcome o) => new(o.Last.Name, o.Last.Stage, o.Told.Id, o.Told.WebUrl, o.Decision?.Quote ?? [], o.Reason)
    {
        Architecture = o.Architecture,
        Parent = o.Decision?.Parent,
        Known = o.Decision?.Known,
        Build = o.Decision?.Build,
        Runners = o.Runners,
        Attempts = o.Attempts.Count,
        FailedAttempts = o.Blaming.Count,
        PassedLater = o.Blaming.Count > 0 && o.Last.Status == GitLabStatus.Success,
    };

    // What a test provokes on purpose is no warning.
    private static PassedWithWarning? PassedWith(JobOutcome o) => o is { Says: JobSays.Passed, Decision.FirstStrong: { } first }
        ? new PassedWithWarning(o.Last.Name, o.Told.Id, o.Told.WebUrl, first.Name, first.Line) { Parent = o.Decision.Parent }
        : null;

    private static string? Warning(JobOutcome outcome) => outcome switch
    {
        { Says: JobSays.Known, Last.AllowFailure: true } => $"{outcome.Last.Name} fails as before: {outcome.Reason}",
        { Says: JobSays.Flaky } => $"{outcome.Last.Name} {outcome.Reason}",
        { Last.AllowFailure: true, Says: not (JobSays.Passed or JobSays.NotRun) } => $"{outcome.Last.Name} may fail, and did: {outcome.Reason}",
        _ => null,
    };

    private static IEnumerable<RerunJob> Reruns(IReadOnlyList<PipelineJob> jobs, IReadOnlyList<JobRecord> records) =>
        records.SelectMany(record => record.Retries.Select(retry => (record, retry))).OrderBy(r => r.retry.JobId).Select(r => new RerunJob(
            NameOf(r.retry.JobId, jobs) ?? r.record.Name, r.retry.JobId, r.retry.NewJobId ?? r.retry.JobId, r.retry.Matcher,
            r.record.AttemptOf(r.retry.JobId)?.Decision.Reason ?? r.retry.Matcher, Outcome(r.retry, r.record, jobs))
            {
                At = r.retry.DueAt,
                Section = r.record.AttemptOf(r.retry.JobId)?.Decision.Section,
            });

    // Records know a downstream job by its own name only.
    private static string? NameOf(long jobId, IReadOnlyList<PipelineJob> jobs) => jobs.FirstOrDefault(j => j.Id == jobId)?.Name;

    private static string Outcome(JobRetry retry, JobRecord record, IReadOnlyList<PipelineJob> jobs)
    {
        if (retry.State != RetryState.Done)
            return retry.State == RetryState.Dropped ? $"not run again: {retry.Outcome ?? "no reason was noted"}" : "not run again yet";
        PipelineJob? successor = jobs.FirstOrDefault(j => j.Id == retry.NewJobId);
        return successor?.Status switch
        {
            null => retry.Outcome ?? "run again",
            GitLabStatus.Success => "passed",
            GitLabStatus.Failed when record.AttemptOf(successor.Id) is { } next => $"failed again: {next.Decision.Reason}",
            var status => status,
        };
    }
}
