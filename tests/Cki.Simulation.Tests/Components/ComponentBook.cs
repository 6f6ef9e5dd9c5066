using Cki.Adapters;

namespace Cki.Simulation.Tests;

/// <summary>How a component's absence is seen.</summary>
/// <param name="Notice">Key of the notice that operators get, once, and once more when it is over; null: nobody of ours can tell.</param>
/// <param name="Alarm">Of template.yaml, which tells by mail without our code; null: none.</param>
/// <param name="Metric">Of <c>/metrics</c>, for <c>cki up</c>; null: none.</param>
/// <param name="Within">From the first moment it is away.</param>
/// <param name="EndsWithin">From the first moment it is back.</param>
public sealed record ComponentNoticing(string? Notice, string? Alarm, string? Metric, TimeSpan Within, TimeSpan EndsWithin);

/// <summary>What may happen, and nothing else, while a component is away.</summary>
/// <param name="Intake"><c>takes</c>: 202; <c>spills</c>: 202 from the spill; <c>refuses</c>: 5xx.</param>
/// <param name="Starts">Of pipelines: <c>on_time</c> or <c>late</c>.</param>
/// <param name="Verdicts">Of reports on each channel: <c>on_time</c> or <c>late</c>.</param>
/// <param name="Only">What alone it touches: <c>tree NAME</c> or <c>channel NAME</c> of the simulated world; null: everything.</param>
public sealed record ComponentEffect(string Intake, string Starts, string Verdicts, string? Only);

/// <summary>One entry of components.yaml.</summary>
/// <param name="Is">What it is in the code: <c>queue detect</c>, <c>stage Watch</c>, <c>channel mail</c>, <c>port IFlows</c>, <c>task retry-job</c>.</param>
/// <param name="Topologies">Of the simulation: <c>up</c>, <c>lambda</c>.</param>
/// <param name="ShownBy">Tests that take it away where no world can; empty: the world <c>away:NAME</c> does.</param>
/// <param name="AccountedWithin">From its return until every commit pushed meanwhile is tested and reported.</param>
public sealed record ComponentEntry(
    string Name, string Class, string What, IReadOnlyList<string> Is, IReadOnlyList<string> Topologies, IReadOnlyList<string> ShownBy)
{
    public required ComponentEffect Allows { get; init; }

    public required ComponentNoticing Noticed { get; init; }

    /// <summary>Keys of notices that come with it, <c>*</c> for any rest.</summary>
    public required IReadOnlyList<string> Also { get; init; }

    public required string Recovery { get; init; }

    public required TimeSpan AccountedWithin { get; init; }
}

/// <summary>components.yaml, read as all configuration is. Throws <see cref="FormatException"/> with everything that is wrong.</summary>
public sealed class ComponentBook
{
    public static readonly SortedDictionary<string, string[]> Words = new(StringComparer.Ordinal)
    {
        ["class"] = ["essential", "necessary", "optional"],
        ["intake"] = ["takes", "spills", "refuses"],
        ["starts"] = ["on_time", "late"],
        ["verdicts"] = ["on_time", "late"],
        ["lost"] = ["nothing"],
        ["topologies"] = ["up", "lambda"],
    };

    public static readonly SortedDictionary<string, string[]> Fields = new(StringComparer.Ordinal)
    {
        ["component"] = ["name", "class", "what", "is", "topologies", "shown_by", "allows", "noticed", "also", "recovery", "accounted_within"],
        ["allows"] = ["intake", "starts", "verdicts", "lost", "only"],
        ["noticed"] = ["notice", "alarm", "metric", "within", "ends_within"],
    };

    private readonly List<string> errors = [];

    public static IReadOnlyList<ComponentEntry> Load(string path)
    {
        var book = new ComponentBook();
        ConfigNode? root = YamlFile.Read(Path.GetFileName(path), File.ReadAllText(path), out IReadOnlyList<ConfigError> unread);
        book.errors.AddRange(unread.Select(error => error.ToString()));
        ComponentEntry[] entries = root is null ? [] : [.. book.List(book.Map(root, ["components"]), "components").Select(book.Entry)];
        book.errors.AddRange(entries.GroupBy(entry => entry.Name).Where(same => same.Count() > 1).Select(same => $"{same.Key} stands there {same.Count()} times"));
        return book.errors.Count == 0 ? entries : throw new FormatException(string.Join('\n', book.errors));
    }

    private ComponentEntry Entry(ConfigNode node)
    {
        Dictionary<string, ConfigNode> entry = Map(node, Fields["component"]);
        Dictionary<string, ConfigNode> allows = Map(entry.GetValueOrDefault("allows", node), Fields["allows"]);
        Dictionary<string, ConfigNode> noticed = Map(entry.GetValueOrDefault("noticed", node), Fields["noticed"]);
        _ = Word(allows, "lost");
        return new ComponentEntry(Text(entry, "name") ?? "", Word(entry, "class"), Text(entry, "what") ?? "", Texts(entry, "is"), Topologies(entry), Texts(entry, "shown_by"))
        {
            Allows = new ComponentEffect(Word(allows, "intake"), Word(allows, "starts"), Word(allows, "verdicts"), Text(allows, "only", isNeeded: false)),
            Noticed = new ComponentNoticing(
                Text(noticed, "notice", isNeeded: false), Text(noticed, "alarm", isNeeded: false), Text(noticed, "metric", isNeeded: false), Span(noticed, "within"), Span(noticed, "ends_within")),
            Also = Texts(entry, "also"),
            Recovery = Text(entry, "recovery") ?? "",
            AccountedWithin = Span(entry, "accounted_within"),
        };
    }

    private IReadOnlyList<string> Topologies(Dictionary<string, ConfigNode> entry)
    {
        IReadOnlyList<string> given = Texts(entry, "topologies");
        foreach (string odd in given.Except(Words["topologies"]))
            errors.Add($"{entry["topologies"].Place}: there is no topology '{odd}'");
        return given.Count == 0 ? Words["topologies"] : given;
    }

    private string Word(Dictionary<string, ConfigNode> map, string field)
    {
        string text = Text(map, field) ?? "";
        if (text.Length > 0 && !Words[field].Contains(text))
            errors.Add($"{map[field].Place}: {field}: '{text}' is none of {string.Join(", ", Words[field])}");
        return text;
    }

    private TimeSpan Span(Dictionary<string, ConfigNode> map, string field)
    {
        if (ConfigDuration.TryParse(Text(map, field) ?? "0", out TimeSpan span))
            return span;
        errors.Add($"{map[field].Place}: {field} is no duration");
        return TimeSpan.Zero;
    }

    private string? Text(Dictionary<string, ConfigNode> map, string field, bool isNeeded = true)
    {
        if (map.GetValueOrDefault(field) is ConfigNode.Scalar scalar)
            return scalar.Text;
        if (isNeeded)
            errors.Add($"{map.Values.FirstOrDefault()?.Place}: {field} is missing");
        return null;
    }

    private IReadOnlyList<string> Texts(Dictionary<string, ConfigNode> map, string field) =>
        map.ContainsKey(field) ? [.. List(map, field).Select(item => item is ConfigNode.Scalar scalar ? scalar.Text : "")] : [];

    private IReadOnlyList<ConfigNode> List(Dictionary<string, ConfigNode> map, string field)
    {
        if (map.GetValueOrDefault(field) is ConfigNode.List list)
            return list.Items;
        errors.Add($"{field} is no list");
        return [];
    }

    private Dictionary<string, ConfigNode> Map(ConfigNode node, string[] fields)
    {
        if (node is not ConfigNode.Map map)
        {
            errors.Add($"{node.Place}: is no mapping");
            return [];
        }
        foreach (ConfigNode.Scalar odd in map.Entries.Select(e => e.Key).Where(key => !fields.Contains(key.Text)))
            errors.Add($"{odd.Place}: there is no field '{odd.Text}'");
        return map.Entries.ToDictionary(e => e.Key.Text, e => e.Value, StringComparer.Ordinal);
    }
}
