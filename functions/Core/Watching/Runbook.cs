namespace Cki;

/// <summary>The entries of <c>infra/runbook.md</c> that notices have: every notice has one, by the beginning of its key.</summary>
public static class Runbook
{
    /// <summary>Beginnings of notices' keys, in order; a test compares them with the runbook's headings and with the code.</summary>
    public static readonly IReadOnlyList<string> Notices =
    [
        "alert-", "answers-", "budgets-", "channel-", "check-", "clock-", "config-refused", "consumer-", "dead-letter-", "demote", "engine-storage-", "heads-", "herding-", "hook-", "kcidb-", "others-",
        "outage-", "poll-", "runner-", "starving-", "token-",
        "unknown-reason-", "unreadable-", "unreadable-delivery-", "watch-ticks",
    ];

    /// <summary>The entry's name; the longest beginning wins. Null: none, which a test would have found.</summary>
    public static string? EntryOf(string noticeKey) =>
        Notices.Where(n => noticeKey.StartsWith(n, StringComparison.Ordinal)).MaxBy(n => n.Length);
}
