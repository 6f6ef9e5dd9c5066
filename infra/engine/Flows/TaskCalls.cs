using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>A task's call as a message, and its result where that is known at once.</summary>
internal sealed record TaskCall(OutgoingMessage Message, JsonNode? Result);

/// <summary>What a step needs from around it: dice, and why a message may not be sent (null where it may).</summary>
internal sealed class TaskCalls(Dice dice, Func<OutgoingMessage, string?> refusal)
{
    /// <summary>Step Functions' limit on a state's data.</summary>
    public const int DataBytesMax = 262_144;

    /// <summary>The engine's internal queue of task invocations.</summary>
    public const string TasksQueue = "tasks";

    /// <summary>Attributes of a task's message: whose answer it will be.</summary>
    public const string ExecutionAttribute = "execution";
    public const string SeqAttribute = "seq";

    public string NewToken() => dice.Id("flow.token") + dice.Id("flow.token");

    /// <summary>Interval x rate^n, capped; FULL jitter spreads it over everything from nothing up to that.</summary>
    public TimeSpan Delay(Retrier retrier, int retried)
    {
        // A year bounds what the exponent can do where no MaxDelaySeconds is given.
        double most = retrier.MaxDelaySeconds ?? TimeSpan.FromDays(365).TotalSeconds;
        double seconds = Math.Min(most, retrier.IntervalSeconds * Math.Pow(retrier.BackoffRate, retried));
        return TimeSpan.FromSeconds(retrier.HasFullJitter ? seconds * dice.Fraction("flow.retry") : seconds);
    }

    public TaskCall Make(FlowState.Task task, Execution execution, JsonNode? parameters) =>
        task.Resource == TaskResource.Invoke ? Invocation(execution, parameters) : Sending(execution, parameters);

    /// <summary>What a finished task's return value looks like to the flow: Lambda's answer.</summary>
    public static JsonObject Answer(JsonNode? payload) =>
        new() { ["ExecutedVersion"] = "$LATEST", ["Payload"] = payload?.DeepClone(), ["StatusCode"] = 200 };

    private static TaskCall Invocation(Execution execution, JsonNode? parameters)
    {
        if (parameters?["Payload"] is not JsonObject payload || Json.Text(payload["task"]) is null)
            throw new StateFailedException(FlowErrors.Runtime, "Payload is not {\"task\": name, \"input\": ...}");
        string body = EngineJson.Text(payload);
        if (Encoding.UTF8.GetByteCount(body) > DataBytesMax)
            throw new StateFailedException(FlowErrors.DataLimitExceeded, $"The payload has more than {DataBytesMax} bytes");
        var attributes = new Dictionary<string, string>
        {
            [ExecutionAttribute] = execution.Id.ToString(), [SeqAttribute] = execution.Seq.ToString(),
        };
        return new TaskCall(new OutgoingMessage(TasksQueue, body, execution.Name) { Attributes = attributes }, null);
    }

    private TaskCall Sending(Execution execution, JsonNode? parameters)
    {
        JsonNode? body = parameters?["MessageBody"];
        string text = Json.Text(body) ?? EngineJson.Text(body);
        var message = new OutgoingMessage(
            Json.Text(parameters?["QueueUrl"]) ?? "", text, Json.Text(parameters?["MessageGroupId"]) ?? execution.Name)
        {
            Delay = TimeSpan.FromSeconds(Json.Number(parameters?["DelaySeconds"]) ?? 0),
            Attributes = Attributes(parameters?["MessageAttributes"]),
        };
        if (refusal(message) is { } why)
            throw new StateFailedException("SQS.SqsException", $"Cannot send to {message.Queue}: {why}");
        var result = new JsonObject
        {
            ["MessageId"] = dice.Id("flow.message") + dice.Id("flow.message"),
            ["MD5OfMessageBody"] = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text))),
        };
        return new TaskCall(message, result);
    }

    /// <summary>SQS's form: <c>{"hop": {"DataType": "String", "StringValue": "1"}}</c>.</summary>
    private static Dictionary<string, string> Attributes(JsonNode? given)
    {
        var read = new Dictionary<string, string>();
        if (given is not JsonObject attributes)
            return read;
        foreach ((string name, JsonNode? value) in attributes)
        {
            if (Json.Text(value?["DataType"]) != "String" || Json.Text(value?["StringValue"]) is not { } text)
                throw new StateFailedException(FlowErrors.Runtime, $"Message attribute {name} is not a String");
            read[name] = text;
        }
        return read;
    }
}
