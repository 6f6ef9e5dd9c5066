namespace Cki;

/// <summary>Edits of matchers.yaml that leave all else in it, comments too, as it is.</summary>
public static class MatcherFile
{
    /// <summary>The text with the matcher that begins at the 1-based <paramref name="line"/> set live.</summary>
    public static string Live(string text, int line)
    {
        List<string> lines = [.. text.Split('\n')];
        int first = line - 1;
        int indent = Indent(lines[first]);
        int end = first + 1;
        while (end < lines.Count && (lines[end].Trim().Length == 0 || Indent(lines[end]) > indent))
            end++;
        int mode = lines.FindIndex(first, end - first, l => l.TrimStart(' ', '-').StartsWith("mode:", StringComparison.Ordinal));
        if (mode >= 0)
            lines[mode] = lines[mode].Replace("shadow", "live", StringComparison.Ordinal);
        else
            lines.Insert(first + 1, $"{new string(' ', indent + 2)}mode: live");
        return string.Join('\n', lines);
    }

    /// <summary>A suggestion as an entry of the file, in shadow.</summary>
    public static string Entry(MatcherSuggestion suggestion) =>
        $"""
          # Seen {suggestion.Failures} time(s) in {suggestion.Pipelines} pipeline(s); retried by people {suggestion.HumanRetries} time(s), {suggestion.Passed} passed.
          - name: {suggestion.Name}
            description: Suggested from failures that nothing explains
            mode: shadow
            messages: [{string.Join(", ", suggestion.Messages.Select(m => $"'{m.Replace("'", "''", StringComparison.Ordinal)}'"))}]
        """;

    private static int Indent(string line) => line.Length - line.TrimStart(' ').Length;
}
