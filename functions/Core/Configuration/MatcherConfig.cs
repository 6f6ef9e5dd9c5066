namespace Cki;

/// <summary>matchers.yaml in CKI's format: groups giving defaults, flattened in the file's order. One winner, in order.</summary>
public sealed record MatcherTree(IReadOnlyList<MatcherConfig> Matchers);

/// <summary>A matcher after its groups' defaults are laid under it.</summary>
/// <param name="Place">Where it stands, for errors and explanations.</param>
public sealed record MatcherConfig(string Name, string Description, ConfigPlace Place)
{
    /// <summary><c>retry</c>, <c>report</c> or <c>alert</c>.</summary>
    public HerdAct Action { get; init; } = HerdAct.Retry;

    public int RetryLimit { get; init; } = 3;

    /// <summary>The n-th retry waits the n-th delay; the last one repeats.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } = [TimeSpan.FromMinutes(5)];

    /// <summary>Regular expression on the job's name; null: any.</summary>
    public string? JobName { get; init; }

    /// <summary>Statuses it looks at; empty: any.</summary>
    public IReadOnlyList<string> JobStatus { get; init; } = [GitLabStatus.Failed];

    /// <summary>The stage's name; null: any.</summary>
    public string? Stage { get; init; }

    /// <summary>Regular expression on the job's address, made of the prefixes in the file; null: any.</summary>
    public string? WebUrl { get; init; }

    /// <summary>GitLab's failure reasons, any of them; empty: any.</summary>
    public IReadOnlyList<string> FailureReasons { get; init; } = [];

    /// <summary>Regular expressions, any of which must be found in the trace (as CKI has it: alternatives). Empty: the other fields decide.</summary>
    public IReadOnlyList<string> Messages { get; init; } = [];

    /// <summary><c>no_trace</c> or <c>missed_tests</c>; null for none.</summary>
    public string? Builtin { get; init; }

    /// <summary>Its messages are looked for in so many bytes before the trace's end, at most; null: wherever the end is explained.</summary>
    public long? MaximumArtifactSize { get; init; }

    /// <summary>Failure class, feeds outages.</summary>
    public string? Class { get; init; }

    /// <summary>Runner sections it may match in; empty: any but after_script. A log without the marks fits any.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary><c>demote: auto</c>: goes into shadow by itself once its record shows that it never rescues. Default: that is only proposed.</summary>
    public bool DemotesItself { get; init; }

    /// <summary>Shadow: decides nothing, is recorded as "would have acted".</summary>
    public bool IsShadow { get; init; }
}
