using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki.Engine;

/// <summary>
/// One flow, read from the same Amazon States Language file (JSONPath) that Step Functions runs. Supported: Task, Wait, Choice, Pass,
/// Succeed, Fail; Retry, Catch, time-outs; the paths, context object and intrinsics that the flows use. Everything else is refused by name.
/// </summary>
/// <remarks>
/// <para>Resources on the engine. <c>arn:aws:states:::lambda:invoke</c>: <c>FunctionName</c> is a substitution whose value here is the stage's name (kept for
/// error texts only); <c>Payload</c> is <c>{"task": "start-pipeline", "input": ...}</c>. The engine sends the payload to its internal queue <c>tasks</c>,
/// group = execution name; the dispatcher picks the <see cref="FlowTask"/> named by <c>Payload.task</c> and passes it <c>Payload.input</c>. The result
/// has Lambda's shape: <c>{"ExecutedVersion": "$LATEST", "Payload": ..., "StatusCode": 200}</c>.</para>
/// <para><c>arn:aws:states:::sqs:sendMessage</c> and <c>.waitForTaskToken</c>: <c>QueueUrl</c> is a substitution whose value here is the queue's name.</para>
/// </remarks>
public sealed partial class FlowDefinition
{
    private FlowDefinition(string name, string text)
    {
        Name = name;
        Text = text;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The flow's name: <c>test-commit</c>.</summary>
    public string Name { get; }

    /// <summary>The file with its substitutions made.</summary>
    public string Text { get; }

    /// <summary>Of <see cref="Text"/>; a running execution stays with the definition it began with.</summary>
    public string Sha256 { get; }

    internal string StartAt { get; private set; } = "";

    internal double? TimeoutSeconds { get; private set; }

    internal IReadOnlyDictionary<string, FlowState> States { get; private set; } = new Dictionary<string, FlowState>();

    /// <summary>Queues named in the file itself, in ordinal order.</summary>
    internal IReadOnlyList<string> QueuesSentTo =>
        [.. States.Values.OfType<FlowState.Task>().Where(task => task.Resource != TaskResource.Invoke)
            .Select(task => ((task.Parameters as Template.Fields)?.Members.FirstOrDefault(member => member.Name == "QueueUrl").Value as Template.Literal)?.Node)
            .Select(Json.Text).OfType<string>().Distinct().Order(StringComparer.Ordinal)];

    /// <param name="substitutions">Values of <c>${Name}</c>.</param>
    /// <remarks>Throws <see cref="FlowDefinitionException"/> listing everything that is wrong.</remarks>
    public static FlowDefinition Load(string name, string json, IReadOnlyDictionary<string, string> substitutions)
    {
        var errors = new List<string>();
        string text = Placeholder().Replace(json, match => Substitute(match.Groups["name"].Value, substitutions, errors));
        var flow = new FlowDefinition(name, text);
        if (Parse(text, errors) is { } root)
            flow.Read(new FieldReader(root, "$", errors), errors);
        return errors.Count == 0 ? flow : throw new FlowDefinitionException(name, errors);
    }

    private void Read(FieldReader file, List<string> errors)
    {
        StartAt = file.NeededText("StartAt");
        TimeoutSeconds = file.Number("TimeoutSeconds", 1);
        file.OneOf("Version", "1.0");
        file.OneOf("QueryLanguage", "JSONPath");
        FieldReader? states = file.Object("States");
        file.Done("a flow");
        if (states is null)
            return;
        States = StateReader.ReadAll(states);
        if (!States.ContainsKey(StartAt))
            file.Error("StartAt", $"there is no state '{StartAt}'");
    }

    private static JsonObject? Parse(string text, List<string> errors)
    {
        try
        {
            if (JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject root)
                return root;
            errors.Add("$: an object is expected");
        }
        catch (JsonException e)
        {
            errors.Add($"$: it is not JSON: {e.Message}");
        }
        return null;
    }

    private static string Substitute(string name, IReadOnlyDictionary<string, string> substitutions, List<string> errors)
    {
        if (substitutions.TryGetValue(name, out string? value))
            return JsonEncodedText.Encode(value).ToString();
        errors.Add($"$: nothing is given for ${{{name}}}");
        return "missing";
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z0-9]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
