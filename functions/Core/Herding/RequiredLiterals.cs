namespace Cki;

/// <summary>
/// Texts of which one must occur wherever a regular expression matches: a cheap look for them spares the expression on nearly every line.
/// </summary>
/// <remarks>Understands groups, alternatives, classes, escapes and quantifiers; says "do not know" (null) to all else, inline options included.</remarks>
public sealed class RequiredLiterals
{
    private const int LiteralCharactersMin = 3;
    private readonly string _pattern;
    private int _at;

    private RequiredLiterals(string pattern) => _pattern = pattern;

    /// <summary>Null: none are known, the expression itself must look.</summary>
    public static IReadOnlyList<string>? Of(string pattern)
    {
        var reader = new RequiredLiterals(pattern);
        IReadOnlyList<string>? literals = reader.Alternatives();
        return reader._at == pattern.Length && literals is { Count: > 0 } ? literals : null;
    }

    private List<string>? Alternatives()
    {
        var all = new List<string>();
        bool isKnown = true;
        while (true)
        {
            IReadOnlyList<string>? branch = Branch();
            isKnown &= branch is not null;
            all.AddRange(branch ?? []);
            if (_at >= _pattern.Length || _pattern[_at] != '|')
                return isKnown ? all : null;
            _at++;
        }
    }

    // The best of what must stand in a sequence: the set whose shortest text is longest.
    private IReadOnlyList<string>? Branch()
    {
        IReadOnlyList<string>? best = null;
        var run = new System.Text.StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            (char? letter, IReadOnlyList<string>? group) = Atom();
            (bool isOptional, bool repeats) = Quantifier();
            if (letter is { } one && !isOptional)
                run.Append(one);
            if (letter is null || isOptional || repeats)
                best = Better(best, Flush(run));
            if (!isOptional)
                best = Better(best, group);
        }
        return Better(best, Flush(run));
    }

    private static string[]? Flush(System.Text.StringBuilder run)
    {
        string text = run.ToString();
        run.Clear();
        return text.Length >= LiteralCharactersMin ? [text] : null;
    }

    private static IReadOnlyList<string>? Better(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        other is null || (one is not null && one.Min(t => t.Length) >= other.Min(t => t.Length)) ? one : other;

    private (char? Letter, IReadOnlyList<string>? Group) Atom()
    {
        char c = _pattern[_at++];
        switch (c)
        {
            case '(':
                return (null, Group());
            case '[':
                SkipClass();
                return (null, null);
            case '\\' when _at < _pattern.Length:
                char escaped = _pattern[_at++];
                return char.IsAsciiLetterOrDigit(escaped) ? (null, null) : (escaped, null);
            case '.' or '^' or '$':
                return (null, null);
            default:
                return (c, null);
        }
    }

    private List<string>? Group()
    {
        bool isPlain = true;
        if (_at < _pattern.Length && _pattern[_at] == '?')
        {
            isPlain = string.CompareOrdinal(_pattern, _at, "?:", 0, 2) == 0;
            _at = isPlain ? _at + 2 : _pattern.Length + 1;
        }
        List<string>? inside = isPlain ? Alternatives() : null;
        _at++;
        return inside;
    }

    private void SkipClass()
    {
        if (_at < _pattern.Length && _pattern[_at] == '^')
            _at++;
        if (_at < _pattern.Length && _pattern[_at] == ']')
            _at++;
        while (_at < _pattern.Length && _pattern[_at] != ']')
            _at += _pattern[_at] == '\\' ? 2 : 1;
        _at++;
    }

    private (bool IsOptional, bool Repeats) Quantifier()
    {
        if (_at >= _pattern.Length || _pattern[_at] is not ('?' or '*' or '+' or '{'))
            return (false, false);
        char c = _pattern[_at++];
        bool isOptional = c is '?' or '*';
        if (c == '{')
        {
            isOptional = _at < _pattern.Length && _pattern[_at] is '0' or ',';
            int close = _pattern.IndexOf('}', _at);
            _at = close < 0 ? _pattern.Length + 1 : close + 1;
        }
        if (_at < _pattern.Length && _pattern[_at] == '?')
            _at++;
        return (isOptional, true);
    }
}
