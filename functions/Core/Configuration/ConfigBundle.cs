using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>
/// <c>config/{hash}.json</c>: all configuration files of one push. Each with its text, for people, and its nodes, so that who reads it needs no YAML.
/// </summary>
/// <param name="Hash">SHA-256 over the files' bytes in order of name, hex: <see cref="SuiteConfig.Hash"/>.</param>
public sealed record ConfigBundle(string Hash, IReadOnlyList<ConfigBundleFile> Files, int V = 1)
{
    public static string KeyOf(string hash) => $"config/{hash}.json";

    /// <summary>Gives the files their meaning, by the rules of the release that reads.</summary>
    public ConfigReading Read()
    {
        var nodes = new Dictionary<string, ConfigNode>();
        var refused = new List<ConfigError>();
        foreach (ConfigBundleFile file in Files)
        {
            if (ConfigNodes.Read(file.Name, file.Nodes) is { } node)
                nodes[file.Name] = node;
            else
                refused.Add(new ConfigError(new ConfigPlace(file.Name, 1, 1), "(file)", "its nodes in the bundle cannot be read; push it again"));
        }
        return SuiteConfigReader.Read(nodes, Hash, refused);
    }
}

/// <summary>One file of a bundle.</summary>
/// <param name="Name">e.g. <c>trees.yaml</c>.</param>
/// <param name="Nodes">As <see cref="ConfigNodes"/> writes them.</param>
public sealed record ConfigBundleFile(string Name, string Text, JsonElement Nodes)
{
    public static ConfigBundleFile Of(string name, string text, ConfigNode root) =>
        new(name, text, JsonSerializer.SerializeToElement(ConfigNodes.Write(root), NodeJson.Default.JsonArray));
}

/// <summary>
/// Nodes as a flat list in order of appearance, however deep they are nested: <c>["m", line, column, entries]</c> before the keys and values of a
/// map, <c>["l", line, column, items]</c> before those of a list, <c>["s", line, column, text]</c> for plain and <c>["q", ...]</c> for quoted text.
/// </summary>
public static class ConfigNodes
{
    public static JsonArray Write(ConfigNode root)
    {
        var flat = new JsonArray();
        Write(root, flat);
        return flat;
    }

    /// <summary>Null where it is no such list.</summary>
    public static ConfigNode? Read(string file, JsonElement flat)
    {
        if (flat.ValueKind != JsonValueKind.Array)
            return null;
        try
        {
            var reader = new Reader(file, flat.EnumerateArray());
            ConfigNode root = reader.Next();
            return reader.IsAtEnd ? root : null;
        }
        catch (Exception e) when (e is InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static void Write(ConfigNode node, JsonArray flat)
    {
        switch (node)
        {
            case ConfigNode.Scalar scalar:
                Add(flat, scalar.IsQuoted ? "q" : "s", scalar.Place, scalar.Text);
                break;
            case ConfigNode.List list:
                Add(flat, "l", list.Place, list.Items.Count);
                foreach (ConfigNode item in list.Items)
                    Write(item, flat);
                break;
            case ConfigNode.Map map:
                Add(flat, "m", map.Place, map.Entries.Count);
                foreach ((ConfigNode.Scalar key, ConfigNode value) in map.Entries)
                {
                    Write(key, flat);
                    Write(value, flat);
                }
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static void Add(JsonArray flat, string kind, ConfigPlace place, JsonNode what) =>
        flat.Add((JsonNode)new JsonArray(kind, place.Line, place.Column, what));

    private sealed class Reader(string file, JsonElement.ArrayEnumerator nodes)
    {
        private JsonElement.ArrayEnumerator nodes = nodes;

        public bool IsAtEnd => !nodes.MoveNext();

        public ConfigNode Next()
        {
            if (!nodes.MoveNext())
                throw new FormatException("the nodes end early");
            JsonElement at = nodes.Current;
            var place = new ConfigPlace(file, at[1].GetInt32(), at[2].GetInt32());
            return at[0].GetString() switch
            {
                "s" => new ConfigNode.Scalar(place, at[3].GetString()!, IsQuoted: false),
                "q" => new ConfigNode.Scalar(place, at[3].GetString()!, IsQuoted: true),
                "l" => new ConfigNode.List(place, Items(at[3].GetInt32(), Next)),
                "m" => new ConfigNode.Map(place, Items(at[3].GetInt32(), Entry)),
                _ => throw new FormatException("no kind of node"),
            };
        }

        private KeyValuePair<ConfigNode.Scalar, ConfigNode> Entry()
        {
            ConfigNode.Scalar key = Next() as ConfigNode.Scalar ?? throw new FormatException("a key is no text");
            return KeyValuePair.Create(key, Next());
        }

        private static List<T> Items<T>(int count, Func<T> next)
        {
            var items = new List<T>();
            for (int n = 0; n < count; n++)
                items.Add(next());
            return items;
        }
    }
}

/// <summary>The stored configuration's documents.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(ConfigBundle))]
[JsonSerializable(typeof(ConfigPointer))]
public sealed partial class ConfigBundleJson : JsonSerializerContext;
