using System.Globalization;

namespace Cki;

/// <summary>
/// One mapping of a configuration file, read field by field. What is wrong goes to the errors and a harmless value comes back, so that reading
/// goes on to the next fault. Unknown fields are errors at once.
/// </summary>
internal sealed class EntryReader
{
    private readonly SortedDictionary<string, ConfigNode> _fields = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<string> _known;

    /// <param name="path">For messages: <c>trees[2].pipeline</c>; empty at the top.</param>
    public EntryReader(ConfigNode node, string path, IReadOnlyList<string> known, ConfigErrors errors)
    {
        (Node, Path, _known, Errors) = (node, path, known, errors);
        if (node is not ConfigNode.Map map)
        {
            errors.Add(node.Place, path.Length == 0 ? "(file)" : path, $"must be a mapping with {string.Join(", ", known)}");
            return;
        }
        foreach ((ConfigNode.Scalar name, ConfigNode value) in map.Entries)
        {
            if (known.Contains(name.Text))
                _fields[name.Text] = value;
            else
                errors.Add(name.Place, PathOf(name.Text), $"is unknown{ConfigErrors.Suggestion(name.Text, known)}");
        }
    }

    public ConfigNode Node { get; }

    public string Path { get; }

    public ConfigErrors Errors { get; }

    public ConfigPlace Place(string field) => Field(field)?.Place ?? Node.Place;

    public string PathOf(string field) => Path.Length == 0 ? field : $"{Path}.{field}";

    public bool Has(string field) => Field(field) is not null;

    public void Wrong(string field, string message) => Errors.Add(Place(field), PathOf(field), message);

    /// <summary>Null where the field is missing or empty.</summary>
    public ConfigNode? Field(string field)
    {
        if (!_known.Contains(field))
            throw new InvalidOperationException($"{field} is read but not declared among the known fields");
        return _fields.TryGetValue(field, out ConfigNode? node) && node is not ConfigNode.Scalar { IsQuoted: false, Text: "" or "~" or "null" } ? node : null;
    }

    public string? Text(string field)
    {
        ConfigNode? node = Field(field);
        if (node is null)
            return null;
        if (node is ConfigNode.Scalar scalar)
            return scalar.Text;
        Wrong(field, "must be a text");
        return null;
    }

    /// <summary>Empty when missing, which is an error.</summary>
    public string Required(string field)
    {
        // Of what is no mapping, every field is missing: that was said already.
        if (!Has(field) && Node is ConfigNode.Map)
            Wrong(field, "is missing");
        return Text(field) ?? "";
    }

    public bool Flag(string field, bool otherwise)
    {
        switch (Text(field))
        {
            case null:
                return otherwise;
            case "true":
                return true;
            case "false":
                return false;
            default:
                Wrong(field, "must be true or false");
                return otherwise;
        }
    }

    public long Number(string field, long otherwise, long least, long most)
    {
        string? text = Text(field);
        if (text is null)
            return otherwise;
        // CKI's files write 1_000_000.
        if (long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= least && number <= most)
            return number;
        Wrong(field, $"must be a whole number from {least} to {most}, not '{text}'");
        return otherwise;
    }

    public TimeSpan Duration(string field, TimeSpan otherwise, TimeSpan least, TimeSpan most) =>
        Field(field) is { } node ? DurationOf(node, field, least, most) ?? otherwise : otherwise;

    /// <summary>One or several; a single one needs no list.</summary>
    public IReadOnlyList<TimeSpan> Durations(string field, IReadOnlyList<TimeSpan> otherwise, TimeSpan least, TimeSpan most)
    {
        if (Field(field) is not { } node)
            return otherwise;
        ConfigNode[] items = node is ConfigNode.List list ? [.. list.Items] : [node];
        if (items.Length == 0)
            Wrong(field, "must hold at least one duration");
        return [.. items.Select(item => DurationOf(item, field, least, most)).OfType<TimeSpan>()];
    }

    /// <summary>One of the words; <paramref name="otherwise"/> where missing or wrong.</summary>
    public string Choice(string field, IReadOnlyList<string> words, string otherwise)
    {
        string? text = Text(field);
        if (text is null || words.Contains(text))
            return text ?? otherwise;
        Wrong(field, $"is '{text}', not one of {string.Join(", ", words)}");
        return otherwise;
    }

    /// <summary>A list of texts; a single text needs no list. Null where the field is missing.</summary>
    public IReadOnlyList<ConfigNode.Scalar>? Scalars(string field, int most)
    {
        if (Field(field) is not { } node)
            return null;
        ConfigNode[] items = node is ConfigNode.List list ? [.. list.Items] : [node];
        if (items.Length > most)
            Wrong(field, $"holds {items.Length} entries; the limit is {most}");
        foreach (ConfigNode item in items.Where(i => i is not ConfigNode.Scalar))
            Errors.Add(item.Place, PathOf(field), "must be a text");
        return [.. items.OfType<ConfigNode.Scalar>()];
    }

    /// <summary>A list of mappings, each read by <paramref name="read"/>. Empty where the field is missing.</summary>
    public IReadOnlyList<T> Entries<T>(string field, int most, Func<ConfigNode, string, T> read)
    {
        if (Field(field) is not { } node)
            return [];
        if (node is not ConfigNode.List list)
        {
            Wrong(field, "must be a list");
            return [];
        }
        if (list.Items.Count > most)
            Wrong(field, $"holds {list.Items.Count} entries; the limit is {most}");
        return [.. list.Items.Select((item, i) => read(item, $"{PathOf(field)}[{i}]"))];
    }

    private TimeSpan? DurationOf(ConfigNode node, string field, TimeSpan least, TimeSpan most)
    {
        if (node is ConfigNode.Scalar scalar && ConfigDuration.TryParse(scalar.Text, out TimeSpan duration) && duration >= least && duration <= most)
            return duration;
        string given = node is ConfigNode.Scalar text ? $", not '{text.Text}'" : "";
        Errors.Add(
            node.Place, PathOf(field),
            $"must be a duration such as 90s, 5m, 2h or 3d, from {ConfigDuration.Write(least)} to {ConfigDuration.Write(most)}{given}");
        return null;
    }
}
