namespace Cki;

/// <summary>The tree's path filter.</summary>
public static class ChangedPaths
{
    /// <summary>Null when a change counts; else why the head is skipped.</summary>
    /// <param name="files">Null when they cannot be known: then the head is tested.</param>
    public static string? WhySkipped(TreeRules rules, IReadOnlyList<string>? files)
    {
        if (rules.Paths.Count == 0 || files is null)
            return null;
        var wanted = new RefGlobs(rules.Paths);
        if (files.Any(wanted.Matches))
            return null;
        string changed = files.Count switch
        {
            0 => "no file",
            1 => files[0],
            _ => $"{files.Count} files, {files.Order(StringComparer.Ordinal).First()} among them",
        };
        return $"It changes none of the tree's paths ({string.Join(", ", rules.Paths.Take(10))}): {SafeText.Line(changed, 300)}.";
    }
}
