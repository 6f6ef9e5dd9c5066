namespace Cki;

/// <summary>Collects everything that is wrong, so that an operator mends a file once.</summary>
/// <param name="isPartial">A file is missing or no YAML: references into it cannot be judged.</param>
internal sealed class ConfigErrors(bool isPartial)
{
    private readonly List<ConfigError> _found = [];

    /// <summary>Each once: what a template says wrongly, every tree that inherits it finds again.</summary>
    public IReadOnlyList<ConfigError> Found =>
        [.. _found.DistinctBy(e => (e.Place, e.Field[(e.Field.LastIndexOf('.') + 1)..], e.Message)).OrderBy(e => e.Place.File, StringComparer.Ordinal).ThenBy(e => e.Place.Line).ThenBy(e => e.Place.Column)];

    public void Add(ConfigPlace place, string field, string message) => _found.Add(new ConfigError(place, field, message));

    /// <summary>Something refers to what no file defines.</summary>
    public void AddDangling(ConfigPlace place, string field, string message)
    {
        if (!isPartial)
            Add(place, field, message);
    }

    /// <summary>For an unknown word: <c>; did you mean 'x'?</c> where one of the known words is close, else all of them.</summary>
    public static string Suggestion(string word, IReadOnlyCollection<string> known)
    {
        string? closest = known.Where(k => Distance(word, k) <= Math.Max(1, k.Length / 3)).MinBy(k => Distance(word, k));
        if (closest is not null)
            return $"; did you mean '{closest}'?";
        return known.Count == 0 ? "" : $"; known are {string.Join(", ", known)}";
    }

    /// <summary>Levenshtein's.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
