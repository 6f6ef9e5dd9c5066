namespace Cki;

/// <summary>The named patterns of evidence as data: for lists, measures and comparisons.</summary>
/// <param name="Literals">Of these one must occur in a line for <see cref="Expression"/> to be tried.</param>
public sealed record EvidenceRule(string Name, EvidenceStrength Strength, string Expression, IReadOnlyList<string> Literals)
{
    /// <summary>In the order in which they are tried.</summary>
    public static IReadOnlyList<EvidenceRule> All { get; } = [.. EvidencePatterns.Rules];
}
