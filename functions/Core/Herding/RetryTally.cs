using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>One retry that was about to be posted.</summary>
public sealed record TalliedRetry(PipelineRef Pipeline, long JobId, string Matcher, DateTimeOffset At);

/// <summary>
/// <c>runs/{run}/retries/{hash}.json</c>, owned by JobHerding: the retries of one job name under one path of bridges, over all pipelines of a run.
/// Written before each POST, so that no order, repetition or crash exceeds a limit, and a regenerated child pipeline starts no new count.
/// </summary>
public sealed record RetryTally(string Path, string Name)
{
    /// <summary>Most attempts of one job name in one pipeline, whatever the matchers say.</summary>
    public const int AttemptsMax = 10;

    public IReadOnlyList<TalliedRetry> Retries { get; init; } = [];

    public int V { get; init; } = 1;

    /// <summary>With this retry counted; the same object when it was counted before; null when the limit is spent.</summary>
    public RetryTally? With(TalliedRetry retry, int limit)
    {
        if (Retries.Any(r => r.Pipeline == retry.Pipeline && r.JobId == retry.JobId))
            return this;
        return Retries.Count >= limit ? null : this with { Retries = [.. Retries, retry] };
    }

    /// <param name="path">Names of the bridges that lead to the job's pipeline, <c>a / b</c>; empty at the top.</param>
    public static string Key(RunId run, string path, string name) =>
        $"runs/{run}/retries/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{path}\n{name}")))[..16]}.json";
}
