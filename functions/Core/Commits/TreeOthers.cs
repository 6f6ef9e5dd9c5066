using System.Globalization;

namespace Cki;

/// <summary>
/// <c>heads/{tree}/others.json</c>, owned by CommitDetection: the merge requests of a tree's project as known, and how far the pipelines that others
/// start have been looked through.
/// </summary>
public sealed record TreeOthers(TreeName Tree)
{
    /// <summary>By iid; open ones only.</summary>
    public SortedDictionary<string, KnownMergeRequest> MergeRequests { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Start of the first successful look: what was there before is the baseline. Null: none yet.</summary>
    public DateTimeOffset? FirstSeenAt { get; init; }

    /// <summary>Likewise of its merge requests, which may be watched later than the rest. Null: they are not.</summary>
    public DateTimeOffset? MergeRequestsSeenAt { get; init; }

    /// <summary>Start of the last look that got to the end: what changed since is still to be seen.</summary>
    public DateTimeOffset? LookedTo { get; init; }

    /// <summary>Configuration in force at that look: by other rules everything open is looked at again.</summary>
    public string? ConfigHash { get; init; }

    public DateTimeOffset? PolledAt { get; init; }

    /// <summary>Another look may not start before.</summary>
    public DateTimeOffset? PollLeaseUntil { get; init; }

    /// <summary>Why the last look failed; null after a good one.</summary>
    public string? PollError { get; init; }

    public DateTimeOffset? PollFailingSince { get; init; }

    public int V { get; init; } = 1;

    public static string Key(TreeName tree) => $"heads/{tree}/others.json";

    public static bool IsKey(string key) => key.StartsWith(TreeHeads.Prefix, StringComparison.Ordinal) && key.EndsWith("/others.json", StringComparison.Ordinal);

    public KnownMergeRequest? Of(long iid) => MergeRequests.GetValueOrDefault(Name(iid));

    /// <summary>With the entry in place; null removes it.</summary>
    public TreeOthers With(long iid, KnownMergeRequest? entry)
    {
        var all = new SortedDictionary<string, KnownMergeRequest>(MergeRequests, StringComparer.Ordinal);
        if (entry is null)
            all.Remove(Name(iid));
        else
            all[Name(iid)] = entry;
        return this with { MergeRequests = all };
    }

    private static string Name(long iid) => iid.ToString(CultureInfo.InvariantCulture);
}
