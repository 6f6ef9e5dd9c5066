using System.Text.Json.Nodes;

namespace Cki;

/// <summary>A KCIDB file that a job left, and what its job came to.</summary>
public sealed record KcidbFile(JobOutcome Job, JsonObject Content);

/// <summary>What a submission is made of.</summary>
/// <param name="Jobs">All jobs of the attempt's pipelines, passed ones too.</param>
public sealed record KcidbFacts(string Origin, RunDetection Run, RunAttempt Attempt, TreeConfig? Tree, IReadOnlyList<JobOutcome> Jobs)
{
    /// <summary>Later ones first: where two tell of one object, the later one counts.</summary>
    public IReadOnlyList<KcidbFile> Files { get; init; } = [];

    /// <summary>Why the jobs are not known, or not all; null: they are.</summary>
    public string? Missing { get; init; }
}

/// <summary>What a job is in KCIDB.</summary>
public enum KcidbRole
{
    Build,
    Test,

    /// <summary>Preparation, merging, publishing: neither; the checkout tells of it.</summary>
    Other,
}

/// <summary>Statuses and roles. Only a job with evidence against the commit says FAIL.</summary>
public static class KcidbWords
{
    public static KcidbRole RoleOf(PipelineJob job)
    {
        if (IsBuild(job.Stage))
            return KcidbRole.Build;
        if (HerdScope.IsTest(job))
            return KcidbRole.Test;
        return IsBuild(job.OwnName) ? KcidbRole.Build : KcidbRole.Other;
    }

    public static string StatusOf(JobOutcome job) => job.Says switch
    {
        JobSays.Passed => "PASS",
        JobSays.Failed => "FAIL",
        // It fails, but not for this commit's sake: a failure of the code all the same, where the trace proves it.
        JobSays.Known => job.Decision?.Evidence.Any(e => e.Strength == EvidenceStrength.Strong) == true || job.Decision?.Matcher == "structured-results" ? "FAIL" : "ERROR",
        JobSays.Flaky => job.Last.Status == GitLabStatus.Success ? "PASS" : "ERROR",
        JobSays.Infrastructure => job.Told.StartedAt is null ? "MISS" : "ERROR",
        JobSays.Configuration or JobSays.Undetermined => "ERROR",
        JobSays.NotRun when job.IsSkipped || job.IsManual => "SKIP",
        _ => "MISS",
    };

    private static bool IsBuild(string name) => name.Contains("build", StringComparison.OrdinalIgnoreCase) || name.Contains("compile", StringComparison.OrdinalIgnoreCase);
}
