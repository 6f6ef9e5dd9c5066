using System.Buffers;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>What a pattern's hit needs before it counts.</summary>
internal enum EvidenceKind
{
    /// <summary>A kernel's console report: its group may turn out to be provoked by a test.</summary>
    Kernel,

    /// <summary>A build tool's error: counts once make ended on it; a feature probe's never does.</summary>
    Build,

    /// <summary>Counts as it stands.</summary>
    Plain,
}

/// <summary>A named pattern: cheap literals of which one must occur, then the expression on the line's own words.</summary>
/// <param name="literals">Divided by <c>|</c>.</param>
internal sealed class EvidencePattern(string name, EvidenceStrength strength, EvidenceKind kind, string literals, string expression)
{
    private readonly Lazy<Regex> _expression = new(() => new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture));

    public string Name { get; } = name;

    public EvidenceStrength Strength { get; } = strength;

    public EvidenceKind Kind { get; } = kind;

    public string Expression { get; } = expression;

    public IReadOnlyList<string> Literals { get; } = literals.Split('|');

    public bool IsMatch(ReadOnlySpan<char> words)
    {
        foreach (string literal in Literals)
        {
            if (words.Contains(literal, StringComparison.Ordinal))
                return _expression.Value.IsMatch(words);
        }
        return false;
    }
}

/// <summary>
/// The named patterns of herding.md, first match wins. Expressions run without backtracking (linear time) and only on lines that hold one
/// of the literals; those are chosen to be rare in ordinary output.
/// </summary>
internal static partial class EvidencePatterns
{
    private static readonly EvidencePattern[] All = [.. KernelWeak, .. KernelStrong, .. Configuration, .. Plain, .. BuildHost, .. Build];

    /// <summary>Every line with evidence holds one.</summary>
    internal static readonly string[] AllLiterals = [.. All.SelectMany(p => p.Literals).Distinct(StringComparer.Ordinal)];

    private static readonly SearchValues<string> Literals =
        SearchValues.Create([.. AllLiterals], StringComparison.Ordinal);

    internal static IEnumerable<EvidenceRule> Rules => All.Select(p => new EvidenceRule(p.Name, p.Strength, p.Expression, p.Literals));

    /// <summary>Null for nearly all lines.</summary>
    public static EvidencePattern? Find(string line)
    {
        if (!line.AsSpan().ContainsAny(Literals))
            return null;
        ReadOnlySpan<char> words = LineText.Words(line);
        foreach (EvidencePattern pattern in All)
        {
            if (pattern.IsMatch(words))
                return pattern;
        }
        return null;
    }

    private static EvidencePattern Strong(string name, EvidenceKind kind, string literal, string expression) =>
        new(name, EvidenceStrength.Strong, kind, literal, expression);

    private static EvidencePattern Weak(string name, string literal, string expression, EvidenceKind kind = EvidenceKind.Kernel) =>
        new(name, EvidenceStrength.Weak, kind, literal, expression);
}
