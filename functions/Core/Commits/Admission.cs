using System.Globalization;

namespace Cki;

/// <summary>Whether a new head's time has come, by the tree's rules.</summary>
public static class Admission
{
    /// <summary>The head to be tested now, or to wait, with the reason.</summary>
    public static HeadDecision Of(TreeConfig tree, TreeHeads? known, HeadDecision.Test head, DateTimeOffset now)
    {
        if (QuietHours.Until(tree.Rules.Quiet, now) is { } end)
            return Wait(head, $"quiet hours until {Time(end)}");
        IReadOnlyList<DateTimeOffset>? before = null;
        known?.TestedAt?.TryGetValue(head.Branch, out before);
        return tree.Rules.AtMost?.Next(before ?? [], now) is { } next
            ? Wait(head, $"the branch is tested at most {tree.Rules.AtMost}, again at {Time(next)}")
            : head;
    }

    /// <summary>Which of a poll's new heads go first: those that waited longest, then by name.</summary>
    public static IEnumerable<HeadDecision> Ordered(IEnumerable<HeadDecision> decisions, TreeHeads known) =>
        decisions.OrderBy(d => known.WaitingOn(d.Branch) is [var first, ..] ? first.Since : DateTimeOffset.MaxValue).ThenBy(d => d.Branch, StringComparer.Ordinal);

    /// <summary>A head beyond what one poll takes.</summary>
    public static HeadDecision.Wait Pace(HeadDecision.Test head, int atOnce) => Wait(head, $"more than {atOnce} new heads at once, it is its turn at a later poll");

    private static HeadDecision.Wait Wait(HeadDecision.Test head, string reason) => new(head.Branch, head.Sha, head.Previous, head.Title, reason);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
