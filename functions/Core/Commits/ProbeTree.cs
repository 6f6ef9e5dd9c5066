using System.Globalization;

namespace Cki;

/// <summary>
/// The tree of the synthetic probe: every five minutes a push of our own goes the way of all pushes, through each stage and its flow, and ends without a
/// pipeline, a report or a page of the board. Nobody configures it; its name is reserved. When its runs stop ending, an alarm outside this code tells.
/// </summary>
public static class ProbeTree
{
    public const string Branch = "probe";

    /// <summary>How often it is pushed to.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    /// <summary>Its records are swept away after that.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(6);

    public static readonly TreeName Name = new("cki-probe");

    /// <summary>No such host can exist (RFC 2606).</summary>
    public static readonly ProjectRef Project = new("probe.invalid", "cki-serverless/probe");

    public static readonly TreeConfig Config = new(Name, new Uri("https://probe.invalid/cki-serverless/probe.git"), new TreePipeline(Project, Branch)) { Branches = [Branch] };

    public static readonly RunResult Result = new(Verdict.Passed, "a dry run: no pipeline was started");

    private const string Time = "yyyyMMddHHmm";

    private static readonly string s_runs = $"{Name}-{Branch}-";

    /// <summary>A push's project has the host of the GitLab that its source speaks for.</summary>
    public static bool Is(ProjectRef project) => project.Path == Project.Path;

    public static bool Is(RunId run) => run.Value.StartsWith(s_runs, StringComparison.Ordinal);

    /// <summary>Beginning of its runs' keys.</summary>
    public static string RunsPrefix => $"runs/{s_runs}";

    /// <summary>Beginning of its pipelines' keys.</summary>
    public static string PipelinesPrefix => new PipelineRef(Project, 0).Key[..^"0.json".Length];

    /// <summary>The five minutes that a time lies in.</summary>
    public static DateTimeOffset SlotOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % Every.Ticks), TimeSpan.Zero);

    /// <summary>The commit that is pushed then: its first twelve digits are the slot's time.</summary>
    public static CommitSha ShaOf(DateTimeOffset slot) => CommitSha.Parse(Text(slot).PadRight(40, 'f'));

    /// <summary>The pipeline that it would have had.</summary>
    public static PipelineRef PipelineOf(CommitSha sha) => new(Project, long.Parse(sha.Short, CultureInfo.InvariantCulture));

    /// <summary>When a run or pipeline of the probe was pushed, by its key; null: it is none of the probe's.</summary>
    public static DateTimeOffset? PushedAt(string key)
    {
        string? prefix = new[] { RunsPrefix, PipelinesPrefix }.FirstOrDefault(p => key.StartsWith(p, StringComparison.Ordinal));
        return prefix is not null && key.Length >= prefix.Length + Time.Length
            && DateTimeOffset.TryParseExact(key.AsSpan(prefix.Length, Time.Length), Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at
            : null;
    }

    private static string Text(DateTimeOffset slot) => slot.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture);
}
