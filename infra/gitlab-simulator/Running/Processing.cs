namespace Cki.GitLabSimulator;

// GitLab's atomic processing: which created jobs may go on, and what that makes of the pipeline.
public sealed partial class GitLabWorld
{
    private readonly HashSet<long> _processing = [];
    private readonly SortedDictionary<long, GitLabJob> _pending = [];

    private void ProcessPipeline(GitLabPipeline pipeline)
    {
        // A change made by the loop itself must not start a second loop: the running one sees it.
        if (!_processing.Add(pipeline.Id))
            return;
        while (AdvanceOne(pipeline))
        {
        }
        _processing.Remove(pipeline.Id);
        UpdatePipelineStatus(pipeline);
    }

    private bool AdvanceOne(GitLabPipeline pipeline)
    {
        foreach (GitLabJob job in pipeline.Latest.Where(job => job.Status == "created").OrderBy(job => job.StageIndex).ThenBy(job => job.Id).ToArray())
        {
            if (NextStatus(pipeline, job) is not { } next)
                continue;
            Enter(job, next);
            return true;
        }
        return false;
    }

    /// <summary>Null while what comes before is not done.</summary>
    private static string? NextStatus(GitLabPipeline pipeline, GitLabJob job)
    {
        if (job.Played)
            return "pending";
        string before = job.Script.Needs is { } needs
            ? Statuses.Composite(pipeline.Latest.Where(other => needs.Contains(other.Name)), needs: true)
            : Statuses.Composite(pipeline.Latest.Where(other => other.StageIndex < job.StageIndex));
        if (!Statuses.IsFinished(before))
            return null;
        bool goes = job.Script.When switch
        {
            "always" => before is "success" or "failed" or "skipped",
            "on_failure" => before == "failed",
            _ => before == "success" || (before == "skipped" && job.Script.Needs is null),
        };
        return (goes, job.Script.When) switch
        {
            (false, _) => "skipped",
            (_, "manual") => "manual",
            (_, "delayed") => "scheduled",
            _ => "pending",
        };
    }

    private void Enter(GitLabJob job, string status)
    {
        if (status == "pending")
            Enqueue(job);
        else
            SetStatus(job, status);
        if (status == "scheduled")
            AfterTurn(job, job.Script.StartIn, () => Enqueue(job));
    }

    /// <summary>Forgotten when the job has moved on before the time comes.</summary>
    private void AfterTurn(GitLabJob job, TimeSpan delay, Action act)
    {
        int turn = job.Turn;
        After(delay, () =>
        {
            if (job.Turn != turn)
                return;
            act();
            ProcessPipeline(job.Pipeline);
        });
    }

    private void SetStatus(GitLabJob job, string status)
    {
        job.Turn++;
        job.Status = status;
        _pending.Remove(job.Id);
        if (status == "pending" && !job.IsBridge)
            _pending.Add(job.Id, job);
        job.History.Add((Now, status));
        if (Statuses.IsFinished(status) && status != "skipped")
            job.FinishedAt = Now;
        AnnounceJob(job);
    }

    private void UpdatePipelineStatus(GitLabPipeline pipeline)
    {
        string status = Statuses.Composite(pipeline.Latest);
        if (Statuses.IsFinished(status) && pipeline.Status != status && !pipeline.StuckRunning)
            pipeline.StuckRunning = Faults.HitsPipeline(pipeline.Project.Path);
        if (pipeline.StuckRunning)
            status = "running";
        if (status == pipeline.Status)
            return;
        pipeline.Status = status;
        pipeline.UpdatedAt = Now;
        pipeline.StartedAt ??= status == "running" ? Now : null;
        pipeline.FinishedAt = pipeline.Finished ? Now : null;
        AnnouncePipeline(pipeline);
        if (pipeline.SourceBridge is { Script.Trigger.Depend: true } bridge)
            FollowDownstream(bridge, pipeline);
    }
}
