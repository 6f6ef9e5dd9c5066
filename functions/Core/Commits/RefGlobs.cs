namespace Cki;

/// <summary>
/// Which branches or tags of a tree are wanted. <c>*</c> stands for any characters within a path segment, <c>**</c> for any characters across
/// segments, everything else for itself. A leading <c>!</c> excludes. The last glob that matches decides, so that
/// <c>[**, "!wip/**", "wip/ci"]</c> takes all but the wip branches, and wip/ci after all. What no glob matches is not wanted.
/// </summary>
public sealed class RefGlobs(IReadOnlyList<string> globs)
{
    public bool Matches(string name)
    {
        for (int i = globs.Count - 1; i >= 0; i--)
        {
            bool excludes = globs[i].StartsWith('!');
            if (IsMatch(excludes ? globs[i].AsSpan(1) : globs[i], name))
                return !excludes;
        }
        return false;
    }

    /// <summary>
    /// What a wanted name can start with: the text before the first <c>*</c> of each including glob, ordinal order, none a prefix of another.
    /// An empty string means anything. Servers filter by these; <see cref="Matches"/> has the last word.
    /// </summary>
    public IReadOnlyList<string> LiteralPrefixes()
    {
        var kept = new List<string>();
        foreach (string prefix in globs.Where(g => !g.StartsWith('!')).Select(Literal).Order(StringComparer.Ordinal))
        {
            if (kept.Count == 0 || !prefix.StartsWith(kept[^1], StringComparison.Ordinal))
                kept.Add(prefix);
        }
        return kept;
    }

    /// <summary>Null when <paramref name="glob"/> is usable, else what is wrong with it.</summary>
    public static string? Fault(string glob)
    {
        string pattern = glob.StartsWith('!') ? glob[1..] : glob;
        if (pattern.Length == 0)
            return "is empty";
        if (pattern.StartsWith("refs/", StringComparison.Ordinal))
            return "must be the name without refs/heads/ or refs/tags/";
        if (pattern.Contains("***"))
            return "has three stars in a row";
        return pattern.AsSpan().IndexOfAny("?[]{}\\^~: \t") >= 0 ? "may hold * and ** only; no ?, [], {} or blanks" : null;
    }

    private static string Literal(string glob)
    {
        int star = glob.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? glob : glob[..star];
    }

    /// <summary>Dynamic programming over the pattern: linear space, no backtracking, whatever a stranger calls his branch.</summary>
    private static bool IsMatch(ReadOnlySpan<char> pattern, string name)
    {
        var reached = new bool[name.Length + 1];
        reached[0] = true;
        for (int p = 0; p < pattern.Length; p++)
        {
            bool isStar = pattern[p] == '*';
            bool crosses = isStar && p + 1 < pattern.Length && pattern[p + 1] == '*';
            if (crosses)
                p++;
            if (isStar)
                Spread(reached, name, crosses);
            else
                Advance(reached, name, pattern[p]);
        }
        return reached[name.Length];
    }

    private static void Spread(bool[] reached, string name, bool crosses)
    {
        for (int i = 1; i < reached.Length; i++)
            reached[i] |= reached[i - 1] && (crosses || name[i - 1] != '/');
    }

    private static void Advance(bool[] reached, string name, char wanted)
    {
        for (int i = reached.Length - 1; i > 0; i--)
            reached[i] = reached[i - 1] && name[i - 1] == wanted;
        reached[0] = false;
    }
}
