namespace Cki.GitLabSimulator;

/// <summary>GitLab's composite status (its Gitlab::Ci::Status::Composite), in GitLab's order of rules.</summary>
internal static class Statuses
{
    public static bool IsFinished(string status) => status is "success" or "failed" or "canceled" or "skipped";

    public static bool IsActive(string status) =>
        status is "created" or "waiting_for_resource" or "preparing" or "pending" or "running" or "scheduled" or "manual";

    public static string Composite(IEnumerable<GitLabJob> jobs, bool needs = false)
    {
        var seen = new SortedSet<string>(jobs.Select(Weigh), StringComparer.Ordinal);
        if (seen.Count == 0)
            return "success";
        if (needs && (seen.Contains("skipped") || seen.Contains("ignored")))
            return "skipped";
        if (needs && !Only(seen, "success", "failed", "canceled", "warned"))
            return "pending";
        return Only(seen, "skipped", "ignored") ? "skipped"
            : Only(seen, "success", "skipped", "warned", "ignored") ? "success"
            : Only(seen, "created", "warned", "ignored") ? "created"
            : Only(seen, "canceled", "success", "skipped", "warned", "ignored") ? "canceled"
            : Only(seen, "pending", "created", "skipped", "warned", "ignored") ? "pending"
            : Mixed(seen);
    }

    private static string Mixed(SortedSet<string> seen) =>
        seen.Contains("running") || seen.Contains("pending") ? "running"
        : seen.Contains("manual") ? "manual"
        : seen.Contains("scheduled") ? "scheduled"
        : seen.Contains("created") ? "running"
        : "failed";

    private static string Weigh(GitLabJob job) => (job.Script.AllowFailure, job.Status) switch
    {
        (true, "failed" or "canceled") => "warned",
        (true, "manual") => "ignored",
        _ => job.Status,
    };

    private static bool Only(SortedSet<string> seen, params string[] allowed) => seen.All(allowed.Contains);
}
