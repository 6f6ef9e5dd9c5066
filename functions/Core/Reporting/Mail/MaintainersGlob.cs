namespace Cki;

/// <summary>
/// A pattern as the kernel's MAINTAINERS has it after <c>F:</c> and <c>X:</c>. A trailing slash takes everything at any depth below; <c>*</c> and
/// <c>?</c> stay within a directory, <c>**</c> crosses; a directory's name without a slash is taken as one (get_maintainer.pl looks whether it is one).
/// </summary>
public static class MaintainersGlob
{
    public static bool Matches(string pattern, string path)
    {
        if (pattern.EndsWith('/'))
            return IsBelow(pattern[..^1], path);
        return IsMatch(pattern, path) || (!HasWildcard(pattern) && path.Length > pattern.Length && path[pattern.Length] == '/' && path.StartsWith(pattern, StringComparison.Ordinal));
    }

    /// <summary>It takes every file there is: whoever stands there wants to hear of nobody's change in particular.</summary>
    public static bool TakesAll(string pattern) => pattern.Trim('/') is "*" or "**" or "";

    private static bool HasWildcard(string pattern) => pattern.AsSpan().IndexOfAny('*', '?') >= 0;

    private static bool IsBelow(string directory, string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (IsMatch(directory, path.AsSpan(0, slash)))
                return true;
        }
        return false;
    }

    /// <summary>One row of reachable places per character of the pattern: no backtracking, whatever the tree's files are called.</summary>
    private static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        int literal = pattern.IndexOfAny('*', '?');
        if (literal < 0)
            return pattern.SequenceEqual(path);
        if (!path.StartsWith(pattern[..literal], StringComparison.Ordinal))
            return false;
        bool[] reached = new bool[path.Length + 1];
        reached[literal] = true;
        for (int p = literal; p < pattern.Length; p++)
        {
            bool crosses = pattern[p] == '*' && p + 1 < pattern.Length && pattern[p + 1] == '*';
            p += crosses ? 1 : 0;
            Step(reached, path, pattern[p], crosses);
        }
        return reached[path.Length];
    }

    private static void Step(bool[] reached, ReadOnlySpan<char> path, char wanted, bool crosses)
    {
        if (wanted == '*')
        {
            for (int i = 1; i < reached.Length; i++)
                reached[i] |= reached[i - 1] && (crosses || path[i - 1] != '/');
            return;
        }
        for (int i = reached.Length - 1; i > 0; i--)
            reached[i] = reached[i - 1] && (path[i - 1] == wanted || (wanted == '?' && path[i - 1] != '/'));
        reached[0] = false;
    }
}
