using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Contract.Tests.Flows;

/// <summary>
/// The flow files made short enough to run in real time. Only waiting gets shorter: intervals, delays and task time-outs become seconds, and a
/// retrier gives up after three. States, transitions, matched errors, catchers, paths and parameters stay as they are. Both interpreters run
/// the same text.
/// </summary>
internal static class FlowRendering
{
    public const string TimesOut = "retry-job-times-out";

    /// <summary>Above what a busy machine needs for an answer: only the hanging task may meet it.</summary>
    private const int TaskSeconds = 12;

    private static readonly Dictionary<string, string> s_substitutions = new(StringComparer.Ordinal)
    {
        ["PipelineTriggerTaskFunctionArn"] = "arn:aws:lambda:eu-central-1:123456789012:function:PipelineTriggerTask",
        ["JobHerdingTaskFunctionArn"] = "arn:aws:lambda:eu-central-1:123456789012:function:JobHerdingTask",
    };

    /// <summary>By flow name.</summary>
    public static IReadOnlyDictionary<string, string> Flows(Func<string, string> queueUrl)
    {
        string retry = Shortened("retry-job", queueUrl);
        JsonNode timesOut = JsonNode.Parse(retry)!;
        timesOut["TimeoutSeconds"] = 3;
        return new Dictionary<string, string>
        {
            ["test-commit"] = Shortened("test-commit", queueUrl), ["retry-job"] = retry, [TimesOut] = Text(timesOut),
        };
    }

    private static string Shortened(string flow, Func<string, string> queueUrl)
    {
        string text = File.ReadAllText(Path.Combine(PeerScript.Root, "infra", "flows", flow + ".asl.json"));
        foreach ((string name, string value) in s_substitutions.Append(new("HerdQueueUrl", queueUrl("herd"))).Append(new("ReportQueueUrl", queueUrl("report"))))
            text = text.Replace("${" + name + "}", value, StringComparison.Ordinal);
        JsonNode file = JsonNode.Parse(text)!;
        foreach ((_, JsonNode? state) in file["States"]!.AsObject())
        {
            if (state!["TimeoutSeconds"] is not null)
                state["TimeoutSeconds"] = TaskSeconds;
            foreach (JsonNode? retrier in state["Retry"]?.AsArray() ?? [])
                Shorten(retrier!);
        }
        return Text(file);
    }

    /// <summary>With apostrophes as they are: moto reads intrinsics before it reads escapes.</summary>
    private static string Text(JsonNode node)
    {
        using var memory = new MemoryStream();
        using (var writer = new Utf8JsonWriter(memory, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            node.WriteTo(writer);
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static void Shorten(JsonNode retrier)
    {
        retrier["MaxAttempts"] = Math.Min(3, (int)retrier["MaxAttempts"]!);
        if (retrier["IntervalSeconds"] is null)
            return;
        retrier["IntervalSeconds"] = 1;
        retrier["MaxDelaySeconds"] = 2;
    }
}
