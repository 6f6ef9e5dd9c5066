namespace Cki;

/// <summary>What a matcher in shadow would have done, by the records of the jobs it saw.</summary>
/// <param name="Seen">Failures it would have retried.</param>
/// <param name="Passed">Of these, jobs that passed in a later attempt: it would have rescued them.</param>
/// <param name="Real">Of these, jobs whose failure was found to be the commit's: it would have hidden them for a while.</param>
public sealed record ShadowRecord(string Matcher, int Seen, int Passed, int Real)
{
    /// <summary>Fewer say nothing.</summary>
    public const int SeenMin = 3;

    /// <summary>Null: its record speaks for it.</summary>
    public string? WhyNot => this switch
    {
        { Seen: < SeenMin } => $"it was seen {Seen} time(s); {SeenMin} are wanted",
        { Real: > 0 } => $"{Real} of the {Seen} failures it would have retried were the commit's",
        { Passed: 0 } => $"none of the {Seen} jobs it would have retried passed later",
        _ => null,
    };

    public static ShadowRecord Of(string matcher, IEnumerable<JobRecord> records)
    {
        (int seen, int passed, int real) = (0, 0, 0);
        foreach (JobRecord record in records)
        {
            foreach (JobAttempt attempt in record.Attempts.Where(a => a.Decision.Shadows.Contains(matcher, StringComparer.Ordinal)))
            {
                seen++;
                passed += record.PassedJobId > attempt.JobId || record.Attempts.Any(a => a.JobId > attempt.JobId && a.Status == GitLabStatus.Success) ? 1 : 0;
                real += record.Attempts.Any(a => a.Decision.Finding is JobFinding.Failed or JobFinding.Known) ? 1 : 0;
            }
        }
        return new ShadowRecord(matcher, seen, passed, real);
    }
}
