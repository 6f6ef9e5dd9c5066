namespace Cki.GitLabSimulator;

// How jobs find runners, run and end.
public sealed partial class GitLabWorld
{
    private void Enqueue(GitLabJob job)
    {
        job.QueuedAt = Now;
        SetStatus(job, "pending");
        if (job.IsBridge)
        {
            AfterTurn(job, TimeSpan.FromSeconds(1), () => StartDownstream(job));
            return;
        }
        job.StuckPending = Faults.HitsJob(JobFault.StuckPending, job.Name);
        job.AwaitsRunner = false;
        AfterTurn(job, Settings.PickupDelay, () =>
        {
            job.AwaitsRunner = !job.StuckPending;
            AssignRunners();
        });
        WatchPending(job, Settings.NoRunnerTimeout, () => Fail(job, "stuck_pending_no_matching_runners"));
        AfterTurn(job, Settings.PendingTimeout, () => Fail(job, "stuck_pending_with_matching_runners"));
    }

    private void WatchPending(GitLabJob job, TimeSpan limit, Action drop) => AfterTurn(job, limit, () =>
    {
        if (!_runners.Any(runner => runner.Takes(job)))
            drop();
    });

    private void AssignRunners()
    {
        GitLabJob[] waiting = _pending.Values
            .Where(job => job.AwaitsRunner)
            .OrderBy(job => job.QueuedAt).ThenBy(job => job.Id).ToArray();
        foreach (GitLabJob job in waiting)
            if (PickRunner(job) is { } runner)
                Start(job, runner);
    }

    /// <summary>A paused runner takes nothing new; what it has goes on.</summary>
    public void Pause(GitLabRunner runner, bool paused)
    {
        lock (_gate)
        {
            runner.Paused = paused;
            After(TimeSpan.Zero, AssignRunners);
        }
    }

    private GitLabRunner? PickRunner(GitLabJob job)
    {
        string? wanted = ScriptedAttempt(job).Runner;
        return _runners
            .Where(runner => !runner.Paused && runner.Busy < runner.Slots && runner.Takes(job))
            .OrderBy(runner => runner.Description == wanted ? 0 : 1).ThenBy(runner => runner.Id)
            .FirstOrDefault();
    }

    private static JobAttempt ScriptedAttempt(GitLabJob job) =>
        job.Script.Attempts[Math.Min(job.Retries, job.Script.Attempts.Count - 1)];

    private void Start(GitLabJob job, GitLabRunner runner)
    {
        runner.Busy++;
        job.Runner = runner;
        job.StartedAt = Now;
        job.Attempt = Faults.Breakage(job.Name)?.Apply(ScriptedAttempt(job)) ?? ScriptedAttempt(job);
        job.TraceLag = Faults.TraceLag(job.Name) ?? job.Attempt.Trace.Lag;
        SetStatus(job, "running");
        AfterTurn(job, job.Attempt.Duration, () => End(job));
        UpdatePipelineStatus(job.Pipeline);
    }

    private void End(GitLabJob job)
    {
        if (job.Attempt!.Status == "failed")
            Fail(job, job.Attempt.FailureReason ?? "unknown_failure");
        else
            Release(job, job.Attempt.Status);
    }

    private void Fail(GitLabJob job, string reason)
    {
        job.FailureReason = reason;
        Release(job, "failed");
        if (job.Retries < job.Script.NativeRetries)
            RetryJob(job, job.User);
        else if (job.Pipeline.Script.CancelAllOnFailure && !job.Script.AllowFailure)
            CancelPipeline(job.Pipeline);
    }

    private void Release(GitLabJob job, string status)
    {
        if (job.Status == "running" && job.Runner is not null)
            job.Runner.Busy--;
        SetStatus(job, status);
        After(TimeSpan.Zero, AssignRunners);
    }
}
