using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cki.Tests.Doubles;

namespace Cki.Tests.TemplateRooms;

/// <summary>What a stage's source says, where the template must agree with it.</summary>
internal static partial class StageSource
{
    /// <summary>True where every one of the texts occurs in some file of the stage.</summary>
    public static bool Contains(string stage, params string[] texts) => texts.All(t => Text(stage).Contains(t, StringComparison.Ordinal));

    /// <summary>Queues of the messages that the stage makes. Watch also sends whatever is due.</summary>
    public static IReadOnlySet<string> SendsTo(string stage)
    {
        string text = Text(stage);
        var queues = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Match made in NewMessage().Matches(text))
        {
            if (Messages.TryGetValue(made.Groups[1].Value, out string? queue))
                queues.Add(queue);
        }
        return queues;
    }

    private static readonly Dictionary<string, string> Messages = typeof(IStageMessage<>).Assembly.GetTypes()
        .Where(t => t is { IsInterface: false, IsAbstract: false } && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IStageMessage<>)))
        .ToDictionary(t => t.Name, t => (string)t.GetProperty(nameof(Tick.QueueName))!.GetValue(null)!, StringComparer.Ordinal);

    private static string Text(string stage) =>
        string.Join('\n', Checkout.Files($"functions/{stage}", "*.cs").Select(f => File.ReadAllText(Checkout.Path(f))));

    [GeneratedRegex(@"new (\w+)\(")]
    private static partial Regex NewMessage();
}

/// <summary>A task state of a flow file.</summary>
internal sealed record FlowTaskState(string Flow, string State, string Function, string Task, long TimeoutSeconds);

/// <summary>infra/flows.</summary>
internal static class Flows
{
    public static readonly IReadOnlyList<string> Names = ["test-commit", "retry-job"];

    public static string Text(string flow) => File.ReadAllText(Checkout.Path($"infra/flows/{flow}.asl.json"));

    /// <summary>States that call a function; <c>${XArn}</c> is its logical id with <c>Arn</c>.</summary>
    public static IReadOnlyList<FlowTaskState> Tasks() =>
    [
        .. Names.SelectMany(flow => JsonNode.Parse(Text(flow))!["States"]!.AsObject()
            .Where(s => (string?)s.Value!["Resource"] == "arn:aws:states:::lambda:invoke")
            .Select(s => new FlowTaskState(
                flow,
                s.Key,
                SamTemplate.Substitutions((string)s.Value!["Parameters"]!["FunctionName"]!).Single()[..^"Arn".Length],
                (string)s.Value["Parameters"]!["Payload"]!["task"]!,
                (long)s.Value["TimeoutSeconds"]!))),
    ];
}
