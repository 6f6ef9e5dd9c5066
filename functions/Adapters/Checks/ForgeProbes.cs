namespace Cki.Adapters;

/// <summary>GitLab, its runners, and git servers.</summary>
internal sealed class ForgeProbes(GitLabClient gitLab, GitRefs git, TimeProvider clock)
{
    private static readonly RefGlobs s_none = new([]);
    private static readonly RefGlobs s_all = new(["**"]);

    public async Task<CheckSight> GitLabAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.GitLab)check.Target;
        long began = clock.GetTimestamp();
        try
        {
            GitLabSelf self = await gitLab.GetSelfAsync(target.Host, cancellationToken);
            TimeSpan took = clock.GetElapsedTime(began);
            return WebProbes.Timed($"the API answered {self.Username} after {took.TotalMilliseconds:0} ms", took, target.SlowMs);
        }
        catch (Exception e) when (e is GitLabUnavailableException or GitLabRefusedException)
        {
            return CheckSight.Down(e.Message);
        }
    }

    public async Task<CheckSight> RunnersAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Runners)check.Target;
        try
        {
            int online = (await gitLab.ListRunnersAsync(target.Project, cancellationToken)).Count(r => !r.IsPaused && Takes(target, r.Tags));
            IReadOnlyList<PendingJob> pending =
            [
                .. (await gitLab.ListPendingJobsAsync(target.Project, cancellationToken)).Where(j => target.Tags.All(j.Tags.Contains)
                    && (target.Architecture is null || Architectures.Of([j.Name, .. j.Tags]) == target.Architecture)),
            ];
            return Judged(target, online, pending);
        }
        catch (GitLabUnavailableException e)
        {
            return CheckSight.Down(e.Message);
        }
        catch (GitLabRefusedException e)
        {
            // Runners stand, as far as we know: it is our token that may not see them.
            return CheckSight.Unknown(e.Message);
        }
    }

    public async Task<CheckSight> GitAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Git)check.Target;
        long began = clock.GetTimestamp();
        try
        {
            IReadOnlyList<RemoteRef> refs = await git.ListAsync(target.Url, target.Branch is { } branch ? new RefGlobs([branch]) : s_all, s_none, cancellationToken);
            TimeSpan took = clock.GetElapsedTime(began);
            CheckSight sight = target.Branch is null ? CheckSight.Up($"{ReportWords.Count(refs.Count, "branch", "branches")} after {took.TotalMilliseconds:0} ms")
                : refs.Count == 0 ? CheckSight.Down($"there is no branch {target.Branch}")
                : CheckSight.Up($"{target.Branch} is at {refs[0].Commit.Value[..12]}, after {took.TotalMilliseconds:0} ms");
            return sight with { Value = Math.Round(took.TotalMilliseconds), Unit = "ms" };
        }
        catch (GitUnavailableException e)
        {
            return CheckSight.Down(e.Message);
        }
    }

    private CheckSight Judged(CheckTarget.Runners target, int online, IReadOnlyList<PendingJob> pending)
    {
        TimeSpan? longest = pending.Count == 0 ? null : clock.GetUtcNow() - pending.Min(j => j.Since);
        string jobs = longest is { } waits ? $"{ReportWords.Count(pending.Count, "job", "jobs")} pending, the oldest for {ReportWords.Span(waits)}" : "no job pending";
        string said = $"{ReportWords.Count(online, "runner", "runners")} online, {jobs}";
        CheckSight sight = online < target.OnlineLeast ? CheckSight.Down($"{said}; at least {target.OnlineLeast} should be online")
            : pending.Count > target.PendingMost ? CheckSight.Degraded($"{said}; at most {target.PendingMost} should be pending")
            : longest > target.PendingLongest ? CheckSight.Degraded($"{said}; none should wait longer than {ConfigDuration.Write(target.PendingLongest.Value)}")
            : CheckSight.Up(said);
        return sight with { Value = online, Unit = "runners" };
    }

    private static bool Takes(CheckTarget.Runners target, IReadOnlyList<string> tags) =>
        target.Tags.All(tags.Contains) && (target.Architecture is null || Architectures.Of(tags) is var named && (named == target.Architecture || named == Architectures.None));
}
