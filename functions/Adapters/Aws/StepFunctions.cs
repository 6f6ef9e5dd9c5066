using System.Text.Json.Nodes;

namespace Cki.Adapters;

/// <summary>Flows as Step Functions state machines of type Standard.</summary>
/// <param name="arns">State machine ARN of a flow; throws, naming what is not configured.</param>
public sealed class StepFunctions(SignedJson api, Func<string, string> arns) : IFlows
{
    private const int ErrorCharactersMax = 256;
    private const int CauseCharactersMax = 32_768;

    /// <inheritdoc/>
    /// <remarks>
    /// Step Functions answers a second start with the same input like the first as long as the execution runs: that reads as <see cref="FlowStart.Started"/>.
    /// Throws <see cref="ArgumentException"/> for an unknown flow, a name or an input that no retry makes acceptable.
    /// </remarks>
    public async Task<FlowStart> StartAsync(string flow, string name, string input, CancellationToken cancellationToken)
    {
        if (!SuiteEnvironment.Flows.Contains(flow))
            throw new ArgumentException($"Cannot start {flow}/{name}: there is no flow {flow}", nameof(flow));
        if (FlowBounds.Refusal(name, input) is { } refusal)
            throw new ArgumentException($"Cannot start {flow}/{name}: {refusal}", nameof(name));
        JsonAnswer answer = await CallAsync(
            $"{flow}/{name}", "StartExecution", new JsonObject { ["stateMachineArn"] = arns(flow), ["name"] = name, ["input"] = input }, cancellationToken);
        return answer switch
        {
            JsonAnswer.Good => FlowStart.Started,
            JsonAnswer.Refused { Error: "ExecutionAlreadyExists" } => FlowStart.AlreadyExists,
            JsonAnswer.Refused refused => throw Unavailable($"{flow}/{name}", "StartExecution", refused),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public async Task<FlowExecution?> DescribeAsync(string flow, string name, CancellationToken cancellationToken)
    {
        JsonAnswer answer = await CallAsync(
            $"{flow}/{name}", "DescribeExecution", new JsonObject { ["executionArn"] = ExecutionArn(flow, name) }, cancellationToken);
        return answer switch
        {
            JsonAnswer.Good good => Described(flow, name, good.Body),
            JsonAnswer.Refused { Error: "ExecutionDoesNotExist" } => null,
            JsonAnswer.Refused refused => throw Unavailable($"{flow}/{name}", "DescribeExecution", refused),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public async Task StopAsync(string flow, string name, string error, string cause, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["executionArn"] = ExecutionArn(flow, name), ["error"] = Cut(error, ErrorCharactersMax), ["cause"] = Cut(cause, CauseCharactersMax),
        };
        JsonAnswer answer = await CallAsync($"{flow}/{name}", "StopExecution", body, cancellationToken);
        if (answer is JsonAnswer.Refused { Error: not "ExecutionDoesNotExist" } refused)
            throw Unavailable($"{flow}/{name}", "StopExecution", refused);
    }

    /// <inheritdoc/>
    /// <remarks>A delivered signal whose answer was lost is repeated, and then reads as <see cref="FlowSignal.NoLongerWaiting"/>.</remarks>
    public Task<FlowSignal> SignalAsync(string taskToken, string output, CancellationToken cancellationToken) =>
        FlowBounds.IsJson(output)
            ? SignalAsync("SendTaskSuccess", new JsonObject { ["taskToken"] = taskToken, ["output"] = output }, cancellationToken)
            : throw new ArgumentException($"Cannot signal: the output is not JSON: {output}", nameof(output));

    public Task<FlowSignal> FailAsync(string taskToken, string error, string cause, CancellationToken cancellationToken) => SignalAsync(
        "SendTaskFailure",
        new JsonObject { ["taskToken"] = taskToken, ["error"] = Cut(error, ErrorCharactersMax), ["cause"] = Cut(cause, CauseCharactersMax) },
        cancellationToken);

    private async Task<FlowSignal> SignalAsync(string operation, JsonObject body, CancellationToken cancellationToken) =>
        await CallAsync("signal", operation, body, cancellationToken) switch
        {
            JsonAnswer.Good => FlowSignal.Delivered,
            JsonAnswer.Refused { Error: "TaskTimedOut" or "TaskDoesNotExist" or "InvalidToken" } => FlowSignal.NoLongerWaiting,
            JsonAnswer.Refused refused => throw Unavailable("signal", operation, refused),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<JsonAnswer> CallAsync(string what, string operation, JsonObject body, CancellationToken cancellationToken)
    {
        try
        {
            return await api.CallAsync(operation, body, cancellationToken);
        }
        catch (AwsUnavailableException e)
        {
            throw new FlowsUnavailableException($"Flow {what}: {e.Message}", e);
        }
    }

    private string ExecutionArn(string flow, string name) => $"{arns(flow).Replace(":stateMachine:", ":execution:")}:{name}";

    private static FlowExecution Described(string flow, string name, JsonObject told) => new(
        flow, name, Status((string)told["status"]!), (string?)told["input"] ?? "{}", (string?)told["output"], (string?)told["error"], (string?)told["cause"],
        Time(told["startDate"]!), told["stopDate"] is { } stopped ? Time(stopped) : null);

    private static FlowStatus Status(string status) => status switch
    {
        // One that waits for an operator's redrive has not ended.
        "RUNNING" or "PENDING_REDRIVE" => FlowStatus.Running,
        "SUCCEEDED" => FlowStatus.Succeeded,
        "FAILED" => FlowStatus.Failed,
        "TIMED_OUT" => FlowStatus.TimedOut,
        "ABORTED" => FlowStatus.Aborted,
        _ => throw new FlowsUnavailableException($"Step Functions told of a status {status} that this release does not know"),
    };

    /// <summary>Seconds since 1970 with fractions.</summary>
    private static DateTimeOffset Time(JsonNode seconds) => DateTimeOffset.UnixEpoch.AddSeconds((double)seconds);

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..most];

    private static FlowsUnavailableException Unavailable(string what, string operation, JsonAnswer.Refused refused) =>
        new($"Flow {what}: {operation}: {refused.Status} {refused.Error}: {refused.Message}");
}
