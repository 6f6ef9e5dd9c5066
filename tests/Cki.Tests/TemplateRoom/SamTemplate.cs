using System.Globalization;
using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cki.Tests.TemplateRooms;

/// <summary>One resource of template.yaml.</summary>
internal sealed record TemplateResource(string Id, JsonObject Body)
{
    public string Type => (string)Body["Type"]!;

    public JsonObject Properties => Body["Properties"]!.AsObject();

    /// <summary>A property's value in its JSON form; <c>""</c> where it is absent.</summary>
    public string Text(string property) => Properties[property] is { } value ? SamTemplate.Text(value) : "";

    public override string ToString() => Id;
}

/// <summary>template.yaml as JSON, with short tags written out: <c>!Ref X</c> is <c>{"Ref":"X"}</c>.</summary>
internal static class SamTemplate
{
    public static readonly string Source = File.ReadAllText(Checkout.Path("template.yaml"));

    public static readonly JsonObject Root = Read(Source);

    public static readonly IReadOnlyList<TemplateResource> All =
        [.. Root["Resources"]!.AsObject().Select(r => new TemplateResource(r.Key, r.Value!.AsObject()))];

    public static IReadOnlyList<TemplateResource> OfType(string type) => [.. All.Where(r => r.Type == type)];

    public static TemplateResource Get(string id) => All.Single(r => r.Id == id);

    /// <summary>What a whole subtree refers to by Ref, GetAtt and Sub: names before the first dot.</summary>
    public static IReadOnlySet<string> References(JsonNode? node)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Visit(node, n =>
        {
            if (n is not JsonObject { Count: 1 } one)
                return;
            (string name, JsonNode? value) = one.Single();
            if (name is "Ref" or "Condition")
                found.Add((string)value!);
            else if (name == "Fn::GetAtt")
                found.Add((string)value![0]!);
            else if (name == "Fn::Sub")
                found.UnionWith(Substitutions((string)value!).Select(s => s.Split('.')[0]));
        });
        return found;
    }

    /// <summary>The names in <c>${...}</c>.</summary>
    public static IEnumerable<string> Substitutions(string text) =>
        text.Split("${").Skip(1).Select(part => part.Split('}')[0]);

    /// <summary>Every node below and with this one.</summary>
    public static void Visit(JsonNode? node, Action<JsonNode> visit)
    {
        if (node is null)
            return;
        visit(node);
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject o => o.Select(p => p.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (JsonNode? child in children)
            Visit(child, visit);
    }

    /// <summary>A list, or a single value as a list of one.</summary>
    public static IReadOnlyList<JsonNode> Many(JsonNode? node) => node switch
    {
        null => [],
        JsonArray a => [.. a.Select(n => n!)],
        _ => [node],
    };

    public static string Text(JsonNode node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString();

    public static JsonObject Read(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Node(stream.Documents.Single().RootNode)!.AsObject();
    }

    private static JsonNode? Node(YamlNode node)
    {
        JsonNode? plain = node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Node(c.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Node)]),
            YamlScalarNode scalar => Scalar(scalar),
            _ => throw new InvalidOperationException($"{node.Start}: {node.NodeType}"),
        };
        string tag = node.Tag.IsEmpty ? "" : node.Tag.Value;
        if (!tag.StartsWith('!') || tag == "!")
            return plain;
        string name = tag[1..];
        if (name == "GetAtt")
            return new JsonObject { ["Fn::GetAtt"] = new JsonArray([.. ((string)plain!).Split('.', 2).Select(p => JsonValue.Create(p))]) };
        return new JsonObject { [name is "Ref" or "Condition" ? name : $"Fn::{name}"] = plain };
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
            return JsonValue.Create(text);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return JsonValue.Create(number);
        return text is "true" or "false" ? JsonValue.Create(text == "true") : JsonValue.Create(text);
    }
}
