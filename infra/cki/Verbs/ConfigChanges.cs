namespace Cki.Tool;

/// <summary>What a configuration changes against another, line by line, for a person to look over. Pure.</summary>
internal static class ConfigChanges
{
    /// <summary>Beyond it a file counts as written anew: comparing costs the product of both lengths.</summary>
    private const int LinesMax = 4000;

    /// <param name="before">Null: there was none.</param>
    /// <returns><c>  trees.yaml</c>, then <c>- 12: old line</c> and <c>+ 12: new line</c>; empty: nothing changes.</returns>
    public static IEnumerable<string> Lines(ConfigBundle? before, ConfigBundle after)
    {
        foreach (ConfigBundleFile file in after.Files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            string was = before?.Files.FirstOrDefault(f => f.Name == file.Name)?.Text ?? "";
            if (was == file.Text)
                continue;
            yield return $"  {file.Name}";
            foreach (string line in Changed(Split(was), Split(file.Text)))
                yield return line;
        }
    }

    private static string[] Split(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    private static IEnumerable<string> Changed(string[] before, string[] after)
    {
        if (before.Length > LinesMax || after.Length > LinesMax)
            return [$"  ({before.Length} lines before, {after.Length} now)"];
        var lines = new List<string>();
        int[,] common = Common(before, after);
        int i = 0, j = 0;
        while (i < before.Length || j < after.Length)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
                (i, j) = (i + 1, j + 1);
            else if (i < before.Length && (j == after.Length || common[i + 1, j] >= common[i, j + 1]))
                lines.Add($"- {i + 1}: {before[i++]}");
            else
                lines.Add($"+ {j + 1}: {after[j++]}");
        }
        return lines;
    }

    /// <summary>Length of the longest common subsequence of what follows each pair of places.</summary>
    private static int[,] Common(string[] before, string[] after)
    {
        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }
        return common;
    }
}
