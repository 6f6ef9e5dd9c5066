using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What to do now with a job that ended badly. A retry completes coverage; it never forgives.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HerdAct>))]
public enum HerdAct
{
    /// <summary>Nothing; the evidence speaks.</summary>
    Leave,
    Retry,

    /// <summary>Its class is in outage: wait for the release.</summary>
    Hold,

    /// <summary>One re-run elsewhere, and the parent compared.</summary>
    Confirm,

    /// <summary>Tell operators; nothing to run again.</summary>
    Report,

    /// <summary>Tell operators at once.</summary>
    Alert,

    /// <summary>The trace is not complete yet.</summary>
    Later,
}

/// <summary>How much a line says about the commit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EvidenceStrength>))]
public enum EvidenceStrength
{
    /// <summary>Names the commit.</summary>
    Strong,

    /// <summary>Kernel or host: confirm elsewhere.</summary>
    Weak,

    /// <summary>Provoked on purpose; never evidence, never quoted.</summary>
    Expected,

    /// <summary>The machine, not the kernel under test.</summary>
    Host,

    /// <summary>Our command, variables or kernel configuration.</summary>
    Configuration,
}

/// <summary>One finding in a trace, with the line to quote (normalised, at most 400 characters) and its 1-based number.</summary>
public sealed record Evidence(string Name, EvidenceStrength Strength, string Line, int LineNumber);

/// <summary>What the attempt says about the commit; sticky: a later pass does not erase it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobFinding>))]
public enum JobFinding
{
    Nothing,
    Passed,
    Failed,

    /// <summary>It fails, and did so before: on the parent, the base branch or another tree. Not the commit's.</summary>
    Known,
    Flaky,
    Undetermined,
    Infrastructure,
    Configuration,
    NotRun,
    Canceled,
}

/// <summary>The decision on one attempt of a job, with everything that explains it.</summary>
/// <param name="Matcher">The matcher or rule that won; null where none did.</param>
/// <param name="Class">Failure class (feeds outages), e.g. <c>registry</c>; null for none.</param>
/// <param name="Section">The runner's section the job ended in: prepare, get_sources, step_script, after_script, upload; or unknown.</param>
/// <param name="Delay">How long to wait before a retry.</param>
/// <param name="Quote">Lines to show a person, most telling first, at most 12.</param>
/// <param name="Reason">One sentence.</param>
public sealed record HerdDecision(
    HerdAct Act, JobFinding Finding, string? Matcher, string? Class, string Section, TimeSpan Delay, IReadOnlyList<string> Quote, string Reason)
{
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>Most retries of the job's name in its run for this reason; 0 where nothing is retried.</summary>
    public int RetryLimit { get; init; }

    /// <summary>Matchers in shadow that would have acted, in the file's order: what they are promoted by.</summary>
    public IReadOnlyList<string> Shadows { get => field ?? []; init; } = [];

    /// <summary>The same job on the parent commit, where the attempt blames the commit or a passing job warns; null: nobody looked.</summary>
    public ParentJob? Parent { get; init; }

    /// <summary>For <see cref="JobFinding.Known"/> by its lines: where and since when. Null otherwise.</summary>
    public KnownBefore? Known { get; init; }

    /// <summary>With what it was built, as far as the trace tells; null for nothing.</summary>
    public BuildFacts? Build { get; init; }

    [JsonIgnore]
    public Evidence? FirstStrong => Evidence.FirstOrDefault(e => e.Strength == EvidenceStrength.Strong);

    /// <summary>It names the commit: what may be told before everything has settled. A finding that a re-run is to confirm does not.</summary>
    [JsonIgnore]
    public bool BlamesCommit => Finding == JobFinding.Failed && Act != HerdAct.Confirm;
}
