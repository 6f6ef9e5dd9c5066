namespace Cki;

/// <summary>What may have changed between a retry's decision and its time.</summary>
/// <param name="Job">The job to be retried as GitLab shows it now; null when it is gone.</param>
/// <param name="PipelineStatus">Of the job's own pipeline.</param>
/// <param name="NewestOfName">Highest id of the job's name in its pipeline.</param>
public sealed record RetryFacts(PipelineJob? Job, string PipelineStatus, long NewestOfName)
{
    /// <summary>Null: not superseded.</summary>
    public string? RunOver { get; init; }

    /// <summary>Attempts of that name so far, this one included.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Retries of that name so far in other pipelines of the run.</summary>
    public int RetriesElsewhere { get; init; }

    /// <summary>Most retries, see <see cref="JobRetry.Limit"/>.</summary>
    public int Limit { get; init; } = RetryTally.AttemptsMax;
}

/// <summary>Asked when deciding and again when the delay ends: the world moves on meanwhile.</summary>
public static class MayRetry
{
    /// <summary>Null: yes. Else why not, in a few words.</summary>
    public static string? WhyNot(RetryFacts facts)
    {
        if (facts.Job is not { } job)
            return "the job is gone";
        if (facts.NewestOfName > job.Id)
            return $"a newer job of that name exists: {facts.NewestOfName}";
        if (job.Status is not (GitLabStatus.Failed or GitLabStatus.Canceled))
            return $"the job is {job.Status} now";
        if (facts.PipelineStatus is GitLabStatus.Canceled or "canceling")
            return "the pipeline was cancelled";
        if (facts.RunOver is { } over)
            return over;
        int retries = facts.Attempts - 1 + facts.RetriesElsewhere;
        if (retries >= facts.Limit)
            return $"{retries} of {facts.Limit} retries of that job are spent";
        return facts.Attempts >= RetryTally.AttemptsMax ? $"{facts.Attempts} attempts of that job are the most there may be" : null;
    }
}
