namespace Cki;

/// <summary>What check-pipeline read.</summary>
/// <param name="Attempt">As recorded before this read.</param>
/// <param name="PipelineStatus">GitLab's, of the attempt's own pipeline.</param>
/// <param name="Jobs">Of all pipelines of the tree, retried ones included.</param>
/// <param name="PostedAt">Our last POST: of the pipeline, or of a job's retry.</param>
public sealed record CheckFacts(
    RunAttempt Attempt, string PipelineStatus, IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<PipelineBridge> Bridges, SettlingView View, DateTimeOffset PostedAt)
{
    /// <summary>A newer head of the branch, where the tree wants it to cancel this run.</summary>
    public CommitSha? NewerHead { get; init; }

    /// <summary>Outages of the lab (<see cref="OutageState.Lab"/>): while they last, no deadline runs. Null: none ever.</summary>
    public OutageState? Lab { get; init; }

    /// <summary>Time without progress in which there could have been some.</summary>
    public TimeSpan IdleSince(DateTimeOffset? progress, DateTimeOffset now) =>
        progress is { } from && from < now ? now - from - (Lab?.Within(from, now) ?? TimeSpan.Zero) : TimeSpan.Zero;
}

/// <summary>What check-pipeline found.</summary>
public abstract record CheckDecision
{
    private CheckDecision() { }   // closed

    /// <summary>Look again after <paramref name="Wait"/> (1 s to 2 h), or when herding signals.</summary>
    public sealed record Running(TimeSpan Wait) : CheckDecision;

    /// <summary>
    /// Nothing is to be signalled any more: look again after exactly <paramref name="Wait"/>. Waiting on a signal here would spin, since herding
    /// signals at once for a pipeline that looks settled.
    /// </summary>
    public sealed record Settling(TimeSpan Wait) : CheckDecision;

    public sealed record Settled : CheckDecision;

    /// <summary>These jobs wait for a runner that never comes.</summary>
    public sealed record Starving(IReadOnlyList<string> Jobs) : CheckDecision;

    public sealed record Superseded(CommitSha Newer) : CheckDecision;

    public sealed record Deadline(string Reason) : CheckDecision;

    /// <summary>A person ended it; no look at GitLab finds this.</summary>
    public sealed record Canceled(string By, string Reason) : CheckDecision;
}

/// <summary>Whether an attempt has settled (architecture.md, the life of a run, 4 and 5). Webhooks and pipeline status are hints; jobs are the truth.</summary>
public static class Checking
{
    /// <summary>Longest wait between two looks, whatever the tree asks for: a token is not trusted for longer.</summary>
    public static readonly TimeSpan WaitMax = TimeSpan.FromHours(2);

    private static readonly TimeSpan WaitMin = TimeSpan.FromSeconds(1);

    /// <summary>However much progress there is, an attempt ends after this many deadlines.</summary>
    private const int HardCapDeadlines = 4;

    /// <summary>
    /// A pipeline that GitLab still calls running although all its jobs have ended settles by its jobs after this many quiet times: 30 minutes by
    /// default (herding.md). GitLab updates pipelines in the background, and bridges may start something until then.
    /// </summary>
    private const int StuckQuiets = 20;

    public static CheckDecision Decide(CheckFacts facts, TreePipeline tree, DateTimeOffset now)
    {
        if (facts.NewerHead is { } newer)
            return new CheckDecision.Superseded(newer);
        facts = facts with { Attempt = Seen(facts, now) };
        DateTimeOffset? settlesAt = SettlesAt(facts, tree);
        if (settlesAt <= now)
            return new CheckDecision.Settled();
        if (Overdue(facts, tree, now) is { } overdue)
            return new CheckDecision.Deadline(overdue);
        TimeSpan growing = Wait(now - (facts.Attempt.StartedAt ?? now), tree);
        if (facts.View.LooksSettled)
            return new CheckDecision.Settling(settlesAt is { } at ? Most(WaitMin, Least(at - now, Longest(tree))) : growing);
        string[] starving = [.. Starving(facts, tree, now)];
        if (starving.Length > 0)
            return new CheckDecision.Starving(starving);
        // Where only decisions are missing, they take seconds.
        bool onlyDecisions = facts.View.AllTerminal && !facts.View.RetryPending;
        return new CheckDecision.Running(onlyDecisions ? Most(WaitMin, Least(growing, tree.SettleQuiet)) : growing);
    }

    /// <summary>The attempt as this read leaves it: fingerprint, progress where it changed; a fingerprint from before our last POST starts anew.</summary>
    public static RunAttempt Seen(CheckFacts facts, DateTimeOffset now)
    {
        RunAttempt attempt = facts.Attempt;
        if (attempt.Fingerprint != facts.View.Fingerprint)
            return attempt with { Fingerprint = facts.View.Fingerprint, FingerprintAt = now, ProgressAt = now };
        return attempt.FingerprintAt < facts.PostedAt ? attempt with { FingerprintAt = now } : attempt;
    }

    /// <summary>
    /// The branch's head, when it is newer than the run's commit. The head is written after the run was detected, so that an older head may
    /// still stand there: only one that was seen after the run's own commit counts.
    /// </summary>
    public static CommitSha? NewerHead(TreeConfig tree, TreeHeads? heads, RunDetection detection) =>
        tree.CancelWhenNewer && detection.MergeRequest is null && detection.Adopted is null
        && heads?.Branches.TryGetValue(detection.Branch, out Head? head) == true
        && head.Sha != detection.Sha && head.Sha != detection.Previous && head.SeenAt > detection.DetectedAt
            ? head.Sha
            : null;

    /// <summary>A tenth of <see cref="TreePipeline.CheckInterval"/> first, growing with the attempt's age: signals bring the news, looks find what was lost.</summary>
    public static TimeSpan Wait(TimeSpan age, TreePipeline tree) =>
        Most(WaitMin, Least(Longest(tree), Most(Longest(tree) / 10, age / 4)));

    /// <summary>When the attempt settles if nothing moves until then. Null: something is still to come.</summary>
    private static DateTimeOffset? SettlesAt(CheckFacts facts, TreePipeline tree)
    {
        bool areBridgesOver = facts.Bridges.All(b => b.Downstream is not null || IsOver(b.Status));
        bool hadWork = facts.Jobs.Count > 0 || facts.Bridges.Count > 0 || IsOver(facts.PipelineStatus);
        if (!facts.View.LooksSettled || !areBridgesOver || !hadWork || facts.Attempt.FingerprintAt is not { } firstSeen)
            return null;
        DateTimeOffset stable = firstSeen + (IsOver(facts.PipelineStatus) ? WaitMin : StuckQuiets * tree.SettleQuiet);
        DateTimeOffset quiet = facts.PostedAt + tree.SettleQuiet;
        DateTimeOffset? waited = facts.Attempt.ProgressAt + ManualRules.Waits(tree, Settling.Latest(facts.Jobs));
        return new[] { stable, quiet, waited ?? stable }.Max();
    }

    private static bool IsOver(string status) => GitLabStatus.IsTerminal(status) || status == GitLabStatus.Manual;

    private static TimeSpan Longest(TreePipeline tree) => Least(tree.CheckInterval, WaitMax);

    // The hard cap is one: maintenance does not move it.
    private static string? Overdue(CheckFacts facts, TreePipeline tree, DateTimeOffset now)
    {
        RunAttempt attempt = facts.Attempt;
        if (facts.IdleSince(attempt.ProgressAt, now) >= tree.Deadline)
            return $"no job changed for {Words(tree.Deadline)}";
        if (now - attempt.StartedAt >= HardCapDeadlines * tree.Deadline)
            return $"it did not end within {Words(HardCapDeadlines * tree.Deadline)}";
        return null;
    }

    // ProgressAt is the youngest change of any job, so no pending job has been pending for less. waiting_for_resource is no starvation, nor is
    // a retry of ours that is still to be posted.
    private static IEnumerable<string> Starving(CheckFacts facts, TreePipeline tree, DateTimeOffset now)
    {
        PipelineJob[] latest = [.. Settling.Latest(facts.Jobs)];
        bool isStill = facts.IdleSince(facts.Attempt.ProgressAt, now) >= tree.StarvingAfter && !facts.View.RetryPending && latest.All(j => j.Status != GitLabStatus.Running);
        return isStill ? latest.Where(j => j.Status == GitLabStatus.Pending).Select(j => j.Name) : [];
    }

    private static string Words(TimeSpan time) => time switch
    {
        { TotalHours: >= 48 } => $"{time.TotalDays:0.#} days",
        { TotalMinutes: >= 120 } => $"{time.TotalHours:0.#} hours",
        _ => $"{time.TotalSeconds:0} seconds",
    };

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Most(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
