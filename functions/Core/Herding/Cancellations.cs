namespace Cki;

/// <summary>Who cancelled a job? GitLab does not say: what else ended at that moment does.</summary>
public static class Cancellations
{
    /// <summary>GitLab cancels the others at once when one job fails under <c>on_job_failure: all</c>.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMinutes(1);

    /// <summary>The job whose failure cancelled this one; null: a person, or a newer pipeline.</summary>
    public static PipelineJob? Culprit(PipelineJob canceled, IReadOnlyList<PipelineJob> siblings) => siblings
        .Where(s => s is { Status: GitLabStatus.Failed, AllowFailure: false, FinishedAt: not null } && s.Id != canceled.Id)
        .Where(s => canceled.FinishedAt is { } at && at >= s.FinishedAt && at - s.FinishedAt <= AtOnce)
        .OrderByDescending(s => s.FinishedAt).ThenBy(s => s.Id).FirstOrDefault();

    /// <summary>
    /// True when the whole pipeline was cancelled after this job had ended: something was, nobody's failure did it, and nothing outlived it. The
    /// pipeline's own status says <c>failed</c> then, for the job that had failed before.
    /// </summary>
    public static bool IsPipelineCanceledSince(PipelineJob job, IReadOnlyList<PipelineJob> siblings)
    {
        PipelineJob[] latest = [.. Settling.Latest(siblings)];
        DateTimeOffset? at = latest
            .Where(s => s is { Status: GitLabStatus.Canceled, FinishedAt: not null } && s.FinishedAt >= job.FinishedAt && Culprit(s, siblings) is null).Max(s => s.FinishedAt);
        return at is not null && latest.All(s => GitLabStatus.IsTerminal(s.Status) && (s.Status is GitLabStatus.Canceled or GitLabStatus.Skipped || !(s.FinishedAt > at)));
    }
}
