namespace Cki;

/// <summary>When a tree is looked at.</summary>
public static class PollPlan
{
    /// <summary><see cref="PollRequested.Why"/> of Watch's regular requests; a second one within the interval is not needed.</summary>
    public const string Scheduled = "schedule";

    /// <summary><see cref="PollRequested.Why"/> where a webhook was down: what is found is <see cref="FoundBy.Reconciliation"/>'s.</summary>
    public const string Reconciliation = "reconciliation";

    /// <summary>A poll that was killed bars the next one no longer than this. GitRefs gives up after 1 minute, GitLab's pages take seconds.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    /// <summary>Operators hear of a tree that could not be polled for so long (or three intervals, whichever is longer).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static bool IsDue(TreeConfig tree, TreeHeads? heads, DateTimeOffset now) =>
        (heads?.PolledAt is not { } last || last + tree.PollInterval <= now) && !IsLeased(heads, now);

    public static bool IsLeased(TreeHeads? heads, DateTimeOffset now) => heads?.PollLeaseUntil > now;

    /// <summary>True once the failures in a row have lasted long enough for a notice.</summary>
    public static bool IsNoticeable(TreeConfig tree, DateTimeOffset? failingSince, DateTimeOffset now)
    {
        TimeSpan three = tree.PollInterval * 3;
        return failingSince is { } since && now - since >= (three > Patience ? three : Patience);
    }
}
