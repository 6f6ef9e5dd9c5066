using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>What jobs and decisions say about being settled; time (quiet after our last POST) is the caller's to add.</summary>
/// <param name="AllTerminal">Every latest job ended; a manual one that nobody started does not hold the rest up.</param>
/// <param name="Undecided">Jobs of any attempt that get a decision (<see cref="HerdScope"/>) and have none on record yet, in order of id.</param>
/// <param name="RetryPending">A retry is intended, claimed, held by an outage, or posted but not yet in GitLab's list.</param>
/// <param name="Fingerprint">Of the latest jobs' (name, id, status): two equal ones at a distance mean that nothing moved.</param>
public sealed record SettlingView(bool AllTerminal, IReadOnlyList<PipelineJob> Undecided, bool RetryPending, string Fingerprint)
{
    public bool LooksSettled => AllTerminal && Undecided.Count == 0 && !RetryPending;
}

/// <summary>
/// Reads a pipeline's jobs (downstream ones included, retried ones included) beside our records. A pipeline's own status is never asked:
/// thousands have been seen stuck in <c>running</c>.
/// </summary>
public static class Settling
{
    /// <param name="jobsInclRetried">Names tell jobs apart over all pipelines of the tree (<c>bridge / job</c> for downstream ones);
    /// the latest of a name has the highest id.</param>
    /// <param name="matchers">Those in force.</param>
    public static SettlingView Of(IReadOnlyList<PipelineJob> jobsInclRetried, IReadOnlyList<JobRecord> records, Matchers matchers)
    {
        PipelineJob[] latest = [.. Latest(jobsInclRetried)];
        Dictionary<long, JobAttempt> decided = records
            .SelectMany(r => r.Attempts)
            .Where(a => a.Decision.Act != HerdAct.Later)
            .DistinctBy(a => a.JobId)
            .ToDictionary(a => a.JobId);
        PipelineJob[] undecided =
            [.. jobsInclRetried.Where(j => !decided.ContainsKey(j.Id) && HerdScope.Wants(matchers, j, jobsInclRetried)).DistinctBy(j => j.Id).OrderBy(j => j.Id)];
        HashSet<long> known = [.. jobsInclRetried.Select(j => j.Id)];
        bool held = latest.Any(j => decided.TryGetValue(j.Id, out JobAttempt? a) && a.Decision.Act == HerdAct.Hold && !records.Any(r => r.RetryOf(j.Id) is not null));
        bool pending = held || records.Any(r => r.IsRetryPending || r.Retries.Any(t => IsUnseen(t, known)));
        return new SettlingView(latest.All(j => IsOver(j.Status)), undecided, pending, Fingerprint(latest));
    }

    /// <summary>The highest id of each name, in ordinal order of names.</summary>
    public static IEnumerable<PipelineJob> Latest(IReadOnlyList<PipelineJob> jobsInclRetried) =>
        jobsInclRetried.GroupBy(j => j.Name).Select(g => g.MaxBy(j => j.Id)!).OrderBy(j => j.Name, StringComparer.Ordinal);

    private static bool IsOver(string status) => GitLabStatus.IsTerminal(status) || status == GitLabStatus.Manual;

    // A list read just before our POST shows the old attempt without its successor. Where the old attempt is gone too (its child pipeline
    // was replaced), nothing is to be waited for.
    private static bool IsUnseen(JobRetry retry, HashSet<long> known) =>
        retry is { State: RetryState.Done, NewJobId: { } successor } && known.Contains(retry.JobId) && !known.Contains(successor);

    private static string Fingerprint(IEnumerable<PipelineJob> latest)
    {
        var text = new StringBuilder();
        foreach (PipelineJob job in latest)
            text.Append(CultureInfo.InvariantCulture, $"{job.Name}\n{job.Id}\n{job.Status}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
