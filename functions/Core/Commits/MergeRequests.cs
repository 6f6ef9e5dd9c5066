using System.Globalization;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>A merge request as GitLab shows it.</summary>
/// <param name="State">opened, closed, locked (being merged) or merged.</param>
/// <param name="Sha">Its head.</param>
public sealed record MergeRequestShown(long Iid, string State, CommitSha Sha)
{
    public string TargetBranch { get; init; } = "";

    public bool IsDraft { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public string? Title { get; init; }

    /// <summary>Where it left the target branch; lists do not show it.</summary>
    public CommitSha? BaseSha { get; init; }
}

/// <summary>The merge request whose head a run tests.</summary>
/// <param name="Project">Where it wants to be merged.</param>
public sealed record MergeRequestRef(ProjectRef Project, long Iid)
{
    public override string ToString() => $"{Project}!{Iid.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>A merge request as we know it, and what was done about it.</summary>
/// <param name="WhyNot">Why its head was not wanted; null: it was.</param>
public sealed record KnownMergeRequest(CommitSha Sha, DateTimeOffset SeenAt, string? WhyNot = null)
{
    /// <summary>Runs of any of its heads, newest last: what of them waits is looked at again when it ends or its head moves.</summary>
    public IReadOnlyList<RunId> Runs { get; init; } = [];

    public KnownMergeRequest With(RunId run) => Runs.Contains(run) ? this : this with { Runs = [.. Runs.Append(run).TakeLast(RunsMax)] };

    private const int RunsMax = 20;
}

/// <summary>What follows on a look at a merge request. The acts come first, <paramref name="Entry"/> is written last.</summary>
/// <param name="Entry">As it is known from now on; null: it is forgotten, since it has ended.</param>
public sealed record MergeRequestDecision(KnownMergeRequest? Entry)
{
    /// <summary>Open a run of ours for the head.</summary>
    public bool Tests { get; init; }

    /// <summary>Note the head as skipped, with this reason.</summary>
    public string? Skips { get; init; }

    /// <summary>It is wanted and was not before: pipelines that were ignored may be wanted now.</summary>
    public bool LooksAtPipelines { get; init; }

    /// <summary>Why the waiting retries of its runs are to be looked at again; null: they may wait on.</summary>
    public string? Doubts { get; init; }
}

/// <summary>Which merge requests are tested. GitLab's present state is the truth, a webhook only the hint to look.</summary>
public static partial class MergeRequests
{
    /// <summary>
    /// The branch of a run for a merge request's head: what <c>git fetch</c> finds below <c>refs/</c>. A merged result's run has the same: its
    /// own commit is GitLab's making and cannot be fetched later.
    /// </summary>
    public static string Branch(long iid) => string.Create(CultureInfo.InvariantCulture, $"merge-requests/{iid}/head");

    /// <summary>The merge request and the kind (<c>head</c>, <c>merge</c>, <c>train</c>) of a pipeline's ref; null for any other ref.</summary>
    public static (long Iid, string Kind)? OfRef(string gitRef) =>
        MergeRequestRefs().Match(gitRef) is { Success: true } named
            ? (long.Parse(named.Groups["iid"].ValueSpan, CultureInfo.InvariantCulture), named.Groups["kind"].Value)
            : null;

    /// <summary>Why nothing more is to be done for it; null while it is open (or being merged).</summary>
    public static string? Ended(MergeRequestShown request) =>
        request.State is "opened" or "locked" ? null : $"merge request !{request.Iid} is {request.State}";

    /// <param name="was">As known before <paramref name="now"/> was read; null: it is new to us.</param>
    /// <param name="now">Null: GitLab has it no more.</param>
    /// <param name="isBaseline">First sight of the tree's merge requests: known from now on, not tested.</param>
    public static MergeRequestDecision Decide(
        TreeConfig tree, long iid, (KnownMergeRequest? Was, MergeRequestShown? Now, bool IsBaseline) look, DateTimeOffset at)
    {
        (KnownMergeRequest? was, MergeRequestShown? now, bool isBaseline) = look;
        if (now is null || Ended(now) is not null)
            return new MergeRequestDecision(null) { Doubts = now is null ? $"merge request !{iid} is gone" : Ended(now) };
        string? whyNot = tree.MergeRequests.WhyNot(tree, now);
        bool hasMoved = was is not null && was.Sha != now.Sha;
        KnownMergeRequest entry = was is null || hasMoved || was.WhyNot != whyNot
            ? new KnownMergeRequest(now.Sha, at, whyNot) { Runs = was?.Runs ?? [] }
            : was;
        bool isNews = (was is null && !isBaseline) || hasMoved || (was?.WhyNot is not null && whyNot is null);
        bool isOurs = tree.MergeRequests.Act == MergeRequestAct.Trigger;
        return new MergeRequestDecision(entry)
        {
            Tests = isOurs && whyNot is null && isNews,
            Skips = isOurs && isNews ? whyNot : null,
            LooksAtPipelines = !isOurs && whyNot is null && was?.WhyNot is not null,
            Doubts = hasMoved ? $"the head of merge request !{iid} has moved to {now.Sha.Short}" : null,
        };
    }

    [GeneratedRegex(@"\A(refs/)?merge-requests/(?<iid>\d{1,12})/(?<kind>head|merge|train)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex MergeRequestRefs();
}
