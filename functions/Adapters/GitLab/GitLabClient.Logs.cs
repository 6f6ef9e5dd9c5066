using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>Requests that GitLab lets a user make, as its headers tell.</summary>
/// <param name="Limit">In a minute.</param>
/// <param name="ResetAt">When the count begins anew; null: it does not say.</param>
public sealed record GitLabRate(long Limit, long Remaining, DateTimeOffset? ResetAt)
{
    /// <summary>Null: no limit is told.</summary>
    internal static GitLabRate? Of(HttpResponseHeaders headers) =>
        Number(headers, "RateLimit-Limit") is { } limit && Number(headers, "RateLimit-Remaining") is { } remaining
            ? new GitLabRate(limit, remaining, Number(headers, "RateLimit-Reset") is { } at and > 0 and < 10_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(at) : null)
            : null;

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}

/// <summary>A finished job and its log.</summary>
/// <param name="Bytes">Null where GitLab does not tell.</param>
/// <param name="Runner">Who ran it; null: nobody did, or it is gone.</param>
public sealed record GitLabLog(long Job, string Name, long? Bytes, string? Runner, string? FailureReason);

public sealed partial class GitLabClient
{
    private const int LogBytesMax = 256 << 20;
    private const int LogEndBytes = 4096;

    /// <summary>Of the newest finished jobs; one page is looked at.</summary>
    public async Task<IReadOnlyList<GitLabLog>> ListLogsAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        JsonObject[]? jobs = await GetAsync(project, "/jobs?per_page=100&scope[]=success&scope[]=failed", GitLabJson.Default.JsonObjectArray, cancellationToken);
        return [.. (jobs ?? []).Select(Log)];
    }

    /// <summary>The last 4 KB of a log, however long it is (up to 256 MB); null: no such job.</summary>
    public async Task<string?> ReadLogEndAsync(JobRef job, CancellationToken cancellationToken)
    {
        await using Stream? log = await OpenTraceAsync(job, cancellationToken);
        if (log is null)
            return null;
        var buffer = new byte[64 << 10];
        byte[] end = [];
        long all = 0;
        while (await log.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            all += read;
            if (all > LogBytesMax)
                throw new GitLabUnavailableException($"the log of job {job.Id} has more than {LogBytesMax >> 20} MB");
            end = [.. end.Concat(buffer.Take(read)).TakeLast(LogEndBytes)];
        }
        return Encoding.UTF8.GetString(end);
    }

    private static GitLabLog Log(JsonObject job)
    {
        JsonObject? trace = (job["artifacts"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(f => Field(f, "file_type", v => v.GetValue<string>()) == "trace");
        return new GitLabLog(
            Field(job, "id", v => v.GetValue<long>()),
            Field(job, "name", v => v.GetValue<string>()) ?? "",
            trace is not null && Field(trace, "size", v => v.GetValue<long>()) is > 0 and var size ? size : null,
            job["runner"] is JsonObject runner ? Field(runner, "description", v => v.GetValue<string>()) : null,
            Field(job, "failure_reason", v => v.GetValue<string>()));
    }
}
