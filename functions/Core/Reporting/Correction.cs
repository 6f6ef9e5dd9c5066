using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// What a correction says of an earlier report that blamed the commit, where that holds no longer. Each job that it blamed is one of three:
/// <list type="bullet">
/// <item>cleared: no finding of it against the commit is left in the result judged anew (a person overruled it, its record was mended);</item>
/// <item>softened: the finding stands, since evidence of a real failure is sticky, but the same commit passed as well. It fails sometimes, and a
/// retry does not forgive that;</item>
/// <item>neither: what was told of it stands.</item>
/// </list>
/// </summary>
/// <param name="ReportedAt">When the report went out that is corrected.</param>
/// <param name="Was">Its subject's words: <c>FAIL test x86_64</c>.</param>
/// <param name="Jobs">The jobs it blamed the commit for.</param>
/// <param name="IsWithdrawn">All of them are cleared.</param>
/// <param name="WhatItWas">One sentence.</param>
/// <param name="CheckedBy">Who or what tells so.</param>
public sealed record Correction(DateTimeOffset? ReportedAt, string Was, IReadOnlyList<string> Jobs, bool IsWithdrawn, string WhatItWas, string? CheckedBy)
{
    /// <summary>Channels that were misled: each gets the correction. Empty: not looked up.</summary>
    public IReadOnlyList<string> Misled { get; init; } = [];

    /// <summary>Of <see cref="Jobs"/>, those that the commit is blamed for no longer.</summary>
    public IReadOnlyList<string> Cleared { get; init; } = [];

    /// <summary>Those that were said to fail, and fail sometimes only.</summary>
    public IReadOnlyList<string> Softened { get; init; } = [];

    /// <summary>Those of which nothing new is known.</summary>
    public IReadOnlyList<string> Standing { get; init; } = [];

    /// <summary>It does not say the same of all jobs.</summary>
    [JsonIgnore]
    public bool IsPartial => Standing.Count > 0 || (Cleared.Count > 0 && Softened.Count > 0);

    /// <summary>The first line of a correction, behind "CORRECTION of our report of TIME: ".</summary>
    public string Now(RunResult result) => (IsPartial, IsWithdrawn, result.Verdict) switch
    {
        (true, _, _) => $"{Changed}.",
        (_, false, _) => "it fails SOMETIMES.",
        (_, _, Verdict.Passed) => result.Known.Count > 0 ? "KNOWN FAIL, nothing new. The fault is not the commit's." : "PASS. The fault was not the commit's.",
        (_, _, Verdict.Failed) => "another failure, not this one.",
        _ => "withdrawn; there is no verdict. Operators look into it.",
    };

    /// <summary>Of a partial one: <c>1 of 3 failures withdrawn, 1 only SOMETIMES</c>.</summary>
    [JsonIgnore]
    public string Changed => (Cleared.Count, Softened.Count) switch
    {
        (var cleared, 0) => $"{cleared} of {Jobs.Count} failures withdrawn",
        (0, var softened) => $"{softened} of {Jobs.Count} failures only SOMETIMES",
        var (cleared, softened) => $"{cleared} of {Jobs.Count} failures withdrawn, {softened} only SOMETIMES",
    };
}
