namespace Cki.GitLabSimulator;

// What people and the API do to jobs and pipelines. Callers hold the lock.
public sealed partial class GitLabWorld
{
    internal static bool IsRetryable(GitLabJob job) => !job.Superseded && job.Status is "success" or "failed" or "canceled";

    /// <summary>
    /// GitLab's retry: a new job of the same name with a higher id; later jobs that were skipped return to created under their own
    /// ids, later jobs that failed stay as they are.
    /// </summary>
    internal GitLabJob RetryJob(GitLabJob job, GitLabUser user)
    {
        GitLabJob again = Clone(job, user);
        ResetSkippedAfter(again, user);
        ResetParents(job.Pipeline, user);
        ProcessPipeline(job.Pipeline);
        return again;
    }

    private GitLabJob Clone(GitLabJob job, GitLabUser user)
    {
        job.Superseded = true;
        GitLabJob again = AddJob(job.Pipeline, job.Script, user, job.Retries + 1);
        // A manual job that once ran runs again at once.
        again.Played = job.Script.When is "manual" or "delayed";
        return again;
    }

    private void ResetSkippedAfter(GitLabJob job, GitLabUser user)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal) { job.Name };
        foreach (GitLabJob later in job.Pipeline.Latest.OrderBy(other => other.StageIndex).ThenBy(other => other.Id).ToArray())
        {
            bool depends = later.Script.Needs is { } needs ? needs.Any(reached.Contains) : later.StageIndex > job.StageIndex;
            if (!depends)
                continue;
            reached.Add(later.Name);
            if (later.Status == "skipped")
                Reset(later, user);
        }
    }

    private void Reset(GitLabJob job, GitLabUser user)
    {
        job.User = user;
        SetStatus(job, "created");
    }

    private void ResetParents(GitLabPipeline pipeline, GitLabUser user)
    {
        if (pipeline.SourceBridge is not { Script.Trigger.Depend: true, Finished: true, Superseded: false } bridge)
            return;
        SetStatus(bridge, "running");
        ResetSkippedAfter(bridge, user);
        ResetParents(bridge.Pipeline, user);
        ProcessPipeline(bridge.Pipeline);
    }

    internal void RetryPipeline(GitLabPipeline pipeline, GitLabUser user)
    {
        GitLabJob[] failed = pipeline.Latest.Where(job => job.Status is "failed" or "canceled").ToArray();
        if (failed.Length == 0)
            return;
        foreach (GitLabJob job in failed)
            Clone(job, user);
        foreach (GitLabJob job in pipeline.Latest.Where(job => job.Status == "skipped").ToArray())
            Reset(job, user);
        ResetParents(pipeline, user);
        ProcessPipeline(pipeline);
    }

    internal void CancelJob(GitLabJob job)
    {
        if (!Statuses.IsActive(job.Status))
            return;
        Release(job, "canceled");
        if (job.Downstream is { Finished: false } child)
            CancelPipeline(child);
        ProcessPipeline(job.Pipeline);
    }

    internal void CancelPipeline(GitLabPipeline pipeline)
    {
        foreach (GitLabJob job in pipeline.Latest.Where(job => Statuses.IsActive(job.Status)).ToArray())
        {
            Release(job, "canceled");
            if (job.Downstream is { Finished: false } child)
                CancelPipeline(child);
        }
        ProcessPipeline(pipeline);
    }

    internal void PlayJob(GitLabJob job, GitLabUser user)
    {
        job.User = user;
        job.Played = true;
        Enqueue(job);
        ResetSkippedAfter(job, user);
        ProcessPipeline(job.Pipeline);
    }
}
