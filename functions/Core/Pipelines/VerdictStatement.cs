namespace Cki;

/// <summary>A verdict that the pipeline states itself, after its own triage.</summary>
/// <param name="Stated">What its kcidb file says; null: none was found.</param>
public sealed record VerdictStatement(VerdictFrom From, TestResults? Stated = null)
{
    public static readonly VerdictStatement None = new(VerdictFrom.Jobs);

    /// <summary>Null: all jobs and their evidence decide.</summary>
    public (Verdict Verdict, string Reason)? Of(IReadOnlyList<JobOutcome> outcomes) => From.Source switch
    {
        VerdictSource.Kcidb => OfKcidb(),
        VerdictSource.Job => OfJobs([.. outcomes.Where(o => JobGlob.Matches(From.Job ?? "", o.Last.Name))]),
        _ => null,
    };

    private (Verdict, string) OfKcidb() => Stated switch
    {
        null => (Verdict.Undetermined, "no job left a kcidb file to take the verdict from"),
        { Failed: [var first, ..] failed } => (Verdict.Failed, failed.Count == 1 ? $"kcidb: {first} failed" : $"kcidb: {failed.Count} failed, first {first}"),
        { Passed: > 0 } => (Verdict.Passed, $"kcidb: {Stated.Passed} passed"),
        _ => (Verdict.Incomplete, "kcidb: nothing was tested"),
    };

    private (Verdict, string) OfJobs(JobOutcome[] stating)
    {
        if (stating.Length == 0)
            return (Verdict.Undetermined, $"there is no job {From.Job} to state the verdict");
        JobOutcome worst = stating.OrderByDescending(o => Weight(Stating(o))).ThenBy(o => o.FirstId).First();
        return (Stating(worst), $"stated by {worst.Last.Name}: {worst.Reason}");
    }

    // Its own exit is its statement: nothing in its trace has to name the commit.
    private static Verdict Stating(JobOutcome outcome) => outcome.Says switch
    {
        JobSays.Passed or JobSays.Flaky or JobSays.Known => Verdict.Passed,
        JobSays.Failed => Verdict.Failed,
        JobSays.Undetermined when outcome.Last is { Status: GitLabStatus.Failed, FailureReason: "script_failure" } => Verdict.Failed,
        JobSays.Configuration => Verdict.Configuration,
        JobSays.Infrastructure => Verdict.Infrastructure,
        JobSays.Canceled => Verdict.Canceled,
        JobSays.NotRun => Verdict.Incomplete,
        _ => Verdict.Undetermined,
    };

    private static int Weight(Verdict verdict) => verdict switch
    {
        Verdict.Failed => 6,
        Verdict.Configuration => 5,
        Verdict.Undetermined => 4,
        Verdict.Infrastructure => 3,
        Verdict.Canceled => 2,
        Verdict.Incomplete => 1,
        _ => 0,
    };
}
