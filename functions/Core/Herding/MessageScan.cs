using System.Buffers;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// All expressions of a matcher file as one pass over a line: first the texts of which an expression needs one, all at once, then only those
/// expressions that may match, without backtracking. Linear in the line, however many expressions there are.
/// </summary>
public sealed class MessageScan
{
    private readonly Regex[] _expressions;
    private readonly (string Literal, int[] Expressions)[] _literals;
    private readonly SearchValues<string> _anyLiteral;
    private readonly int[] _always;

    /// <exception cref="ArgumentException">No regular expression.</exception>
    /// <exception cref="NotSupportedException">It cannot run in linear time: look-around, back-references, atomic groups.</exception>
    public MessageScan(IReadOnlyList<string> patterns)
    {
        _expressions = [.. patterns.Select(Compile)];
        var users = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        var always = new List<int>();
        for (int i = 0; i < patterns.Count; i++)
        {
            IReadOnlyList<string>? literals = RequiredLiterals.Of(patterns[i]);
            if (literals is null)
                always.Add(i);
            foreach (string literal in (literals ?? []).Distinct(StringComparer.Ordinal))
            {
                if (!users.TryGetValue(literal, out List<int>? of))
                    users[literal] = of = [];
                of.Add(i);
            }
        }
        _always = [.. always];
        _literals = [.. users.Select(u => (u.Key, u.Value.ToArray()))];
        _anyLiteral = SearchValues.Create([.. users.Keys], StringComparison.Ordinal);
    }

    /// <summary>Expressions that no literal spares; their number bounds the cost of an ordinary line.</summary>
    public int WithoutLiteral => _always.Length;

    public static Regex Compile(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Indexes of the expressions that match the line, in order.</summary>
    public IReadOnlyList<int> Of(string line)
    {
        if (_always.Length == 0 && !line.AsSpan().ContainsAny(_anyLiteral))
            return [];
        var candidates = new SortedSet<int>(_always);
        foreach ((string literal, int[] expressions) in _literals)
        {
            if (line.Contains(literal, StringComparison.Ordinal))
                candidates.UnionWith(expressions);
        }
        return [.. candidates.Where(i => _expressions[i].IsMatch(line))];
    }
}
