using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cki.Adapters;

/// <summary>
/// Reads one YAML document into nodes with file, line and column. Anchors and aliases are followed; merge keys, tags of one's own, complex keys,
/// duplicate keys and further documents are refused with their place.
/// </summary>
public sealed class YamlFile
{
    private const int DepthMax = 30;

    /// <summary>Aliases count in full each time, so that a few lines cannot stand for billions.</summary>
    private const int NodesMax = 100_000;

    private readonly string _file;
    private readonly Parser _events;
    private readonly List<ConfigError> _errors = [];
    private readonly Dictionary<string, (ConfigNode Node, int Size)> _anchors = [];
    private int _nodes;

    private readonly bool _mergesKeys;

    private YamlFile(string file, string text, bool mergesKeys)
    {
        (_file, _mergesKeys) = (file, mergesKeys);
        _events = new Parser(new StringReader(text));
    }

    /// <summary>Null, and at least one error, where there is no usable document. Errors beside a node: duplicates and the like.</summary>
    /// <param name="mergesKeys">For files of others: merge keys are followed, as YAML 1.1 has them.</param>
    public static ConfigNode? Read(string file, string text, out IReadOnlyList<ConfigError> errors, bool mergesKeys = false)
    {
        var reader = new YamlFile(file, text, mergesKeys);
        ConfigNode? root = reader.Document();
        errors = reader._errors;
        return root;
    }

    private ConfigNode? Document()
    {
        try
        {
            _events.Consume<StreamStart>();
            if (!_events.TryConsume<DocumentStart>(out _))
                throw new Refusal(Mark.Empty, "is empty");
            ConfigNode root = Node(1).Node;
            _events.Consume<DocumentEnd>();
            if (_events.Accept<DocumentStart>(out DocumentStart? another))
                throw new Refusal(another.Start, "holds more than one document");
            return root;
        }
        catch (YamlException e)
        {
            Add(e.Start, $"is not YAML: {e.Message}");
        }
        catch (Refusal e)
        {
            Add(e.At, e.Message);
        }
        return null;
    }

    private (ConfigNode Node, int Size) Node(int depth)
    {
        if (_events.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out (ConfigNode Node, int Size) known))
                throw new Refusal(alias.Start, $"*{alias.Value} has no anchor before it");
            Count(known.Size, alias.Start);
            return known;
        }
        NodeEvent start = _events.Current as NodeEvent ?? throw new Refusal(Mark.Empty, "ends unexpectedly");
        if (depth > DepthMax)
            throw new Refusal(start.Start, $"is nested deeper than {DepthMax}");
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
            throw new Refusal(start.Start, $"tag {start.Tag} is not used here");
        int before = _nodes;
        Count(1, start.Start);
        ConfigNode node = start switch
        {
            MappingStart => Map(depth),
            SequenceStart => List(depth),
            _ => Text(),
        };
        int size = _nodes - before;
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = (node, size);
        return (node, size);
    }

    private ConfigNode.Map Map(int depth)
    {
        MappingStart start = _events.Consume<MappingStart>();
        var entries = new List<KeyValuePair<ConfigNode.Scalar, ConfigNode>>();
        var names = new HashSet<string>();
        var merged = new List<ConfigNode.Map>();
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            if (!_events.Accept<Scalar>(out Scalar? at))
                throw new Refusal(_events.Current?.Start ?? start.Start, "a key must be a plain text");
            ConfigNode.Scalar key = Text();
            ConfigNode value = Node(depth + 1).Node;
            bool isMerge = key is { Text: "<<", IsQuoted: false };
            if (isMerge && _mergesKeys)
                merged.AddRange(value is ConfigNode.List list ? list.Items.OfType<ConfigNode.Map>() : value is ConfigNode.Map map ? [map] : []);
            else if (isMerge)
                Add(at.Start, "merge keys (<<) are not read: write the fields out");
            else if (!names.Add(key.Text))
                Add(at.Start, $"'{key.Text}' stands here twice");
            else
                entries.Add(KeyValuePair.Create(key, value));
        }
        // The map's own keys win over merged ones, earlier ones over later.
        foreach (KeyValuePair<ConfigNode.Scalar, ConfigNode> inherited in merged.SelectMany(m => m.Entries).Where(e => names.Add(e.Key.Text)))
            entries.Add(inherited);
        return new ConfigNode.Map(Place(start.Start), entries);
    }

    private ConfigNode.List List(int depth)
    {
        SequenceStart start = _events.Consume<SequenceStart>();
        var items = new List<ConfigNode>();
        while (!_events.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth + 1).Node);
        return new ConfigNode.List(Place(start.Start), items);
    }

    private ConfigNode.Scalar Text()
    {
        Scalar scalar = _events.Consume<Scalar>();
        return new ConfigNode.Scalar(Place(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain);
    }

    private void Count(int nodes, Mark at)
    {
        _nodes += nodes;
        if (_nodes > NodesMax)
            throw new Refusal(at, $"holds more than {NodesMax} values");
    }

    private void Add(Mark at, string message) => _errors.Add(new ConfigError(Place(at), "(file)", message));

    private ConfigPlace Place(Mark at) => new(_file, Math.Max(1, (int)at.Line), Math.Max(1, (int)at.Column));

    /// <summary>Leaves the recursion; never leaves this class.</summary>
    private sealed class Refusal(Mark at, string message) : Exception(message)
    {
        public Mark At { get; } = at;
    }
}
