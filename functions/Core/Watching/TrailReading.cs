using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki;

/// <summary>Finds out what messages and tasks are about, from what they carry.</summary>
public static class TrailReading
{
    public static Trail Of(ReceivedMessage message) => OfBody(message.Body, message.Id);

    /// <summary>Never throws.</summary>
    /// <param name="otherwise">The correlation of what cannot be read: the queue's id of the message.</param>
    public static Trail OfBody(string body, string otherwise)
    {
        try
        {
            return Of(CloudEvent.Parse(body));
        }
        catch (UnreadableMessageException)
        {
            return new Trail(otherwise);
        }
    }

    /// <summary>A flow's message has the execution's input in its data, which names the correlation.</summary>
    public static Trail Of(CloudEvent happened)
    {
        var data = happened.Data as JsonObject;
        return Told(new Trail(happened.CorrelationId ?? Text(Field(data, "flow"), Correlation) ?? happened.Id) { Kind = IsOurs(happened.Type) ? happened.Type : null }, data);
    }

    /// <summary>A stranger's type becomes no metric's tag.</summary>
    private static bool IsOurs(string type) => type.StartsWith("cki.", StringComparison.Ordinal);

    /// <summary>Of a flow's task: <c>{"task": name, "input": ..., "flow": the execution's input}</c>.</summary>
    /// <param name="otherwise">The correlation where the flow was started without one.</param>
    public static Trail OfTask(JsonNode? payload, string otherwise)
    {
        var input = Field(payload, "input") as JsonObject;
        string? correlation = Text(Field(payload, "flow"), Correlation) ?? Text(input, Correlation);
        return Told(new Trail(correlation ?? Text(input, "runId") ?? otherwise) { Kind = Text(payload, "task") }, input);
    }

    /// <summary>Name of the field of a flow's input that carries the correlation on.</summary>
    public const string Correlation = "correlation";

    private static Trail Told(Trail trail, JsonObject? data)
    {
        string? project = Project(Field(data, "project")) ?? Project(data);
        return trail with
        {
            Delivery = Text(data, "delivery"),
            Run = Text(data, "run") ?? Text(data, "runId"),
            Tree = Text(data, "tree"),
            Sha = Text(data, "after"),
            Pipeline = Named(Field(data, "pipeline"), null, "pipelines") ?? Named(data, Project(Field(Field(data, "job"), "project")) ?? project, "pipelines", "pipelineId"),
            Job = Named(Field(data, "job"), null, "jobs") ?? Named(data, project, "jobs", "jobId"),
        };
    }

    /// <summary><c>{"project": {"host", "path"}, "id"}</c>, or a number beside its project.</summary>
    private static string? Named(JsonNode? thing, string? project, string what, string id = "id") =>
        (project ?? Project(Field(thing, "project"))) is { } whose && Field(thing, id) is JsonValue number && number.GetValueKind() == JsonValueKind.Number
            ? $"{whose}/{what}/{number}"
            : null;

    private static string? Project(JsonNode? named)
    {
        string? path = Text(named, "path") ?? Text(named, "project");
        return path is not null && Text(named, "host") is { } host ? $"{host}/{path}" : null;
    }

    private static JsonNode? Field(JsonNode? node, string name) => node is JsonObject fields ? fields[name] : null;

    private static string? Text(JsonNode? node, string name) => Field(node, name) is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0 ? text : null;
}
