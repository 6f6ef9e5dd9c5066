using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>Answers an HTTP API request; throwing is answered 503.</summary>
public delegate Task<APIGatewayHttpApiV2ProxyResponse> HttpApiHandler(APIGatewayHttpApiV2ProxyRequest request, CancellationToken cancellationToken);

/// <summary>What one function offers: its stage's queues and flow tasks, and a door where it has one.</summary>
public sealed record FunctionRoutes(StageEndpoints Stage)
{
    /// <summary>Null: the function answers no HTTP.</summary>
    public HttpApiHandler? HttpApi { get; init; }

    /// <summary>How long an HTTP request waits for the configuration to be looked at again. Default 1.5 s: with four waits of intake it stays below 6 s.</summary>
    public TimeSpan RefreshLimit { get; init; } = TimeSpan.FromSeconds(1.5);
}

/// <summary>Looks whether there is a newer configuration. May throw where none can be read; then what was read before stands.</summary>
public delegate Task RefreshConfig(CancellationToken cancellationToken);

/// <summary>An event that is none of ours.</summary>
public sealed class UnknownEventException(string message) : Exception(message);

/// <summary>Brings each event to its handler by its shape: queue batches, flow tasks (<c>{"task": name, "input": ...}</c>), HTTP API requests.</summary>
public sealed class EventRouter(FunctionRoutes routes, SqsBatches batches, RefreshConfig refresh, RouterTools tools)
{
    private static readonly APIGatewayHttpApiV2ProxyResponse s_unavailable = new()
    {
        StatusCode = 503,
        Headers = new Dictionary<string, string> { ["content-type"] = "text/plain; charset=utf-8", ["retry-after"] = "30" },
        Body = "The delivery could not be taken. Try again later.\n",
    };

    /// <summary>Throws <see cref="UnknownEventException"/> for what has no handler here, and what tasks throw.</summary>
    public Task<ReadOnlyMemory<byte>> AnswerAsync(InvocationScope scope) => EventShapes.Of(scope.Invocation.Event.Span) switch
    {
        EventShape.SqsBatch => BatchAsync(scope),
        EventShape.FlowTask => TaskAsync(scope),
        EventShape.HttpApi when routes.HttpApi is { } handler => HttpAsync(handler, scope),
        EventShape.HttpApi => throw new UnknownEventException("This function answers no HTTP requests."),
        _ => throw new UnknownEventException(
            "The event is none of ours: neither a batch of SQS records, nor {\"task\": name, \"input\": ...}, nor an HTTP API request of format 2.0."),
    };

    private async Task<ReadOnlyMemory<byte>> BatchAsync(InvocationScope scope)
    {
        SQSEvent batch = JsonSerializer.Deserialize(scope.Invocation.Event.Span, LambdaJson.Default.SQSEvent)!;
        return JsonSerializer.SerializeToUtf8Bytes(await batches.RunAsync(batch, scope, refresh.Invoke), LambdaJson.Default.SQSBatchResponse);
    }

    private async Task<ReadOnlyMemory<byte>> TaskAsync(InvocationScope scope)
    {
        var payload = (JsonObject)JsonNode.Parse(scope.Invocation.Event.Span)!;
        if (payload["task"] is not JsonValue named || !named.TryGetValue(out string? name))
            throw new UnknownEventException("The field \"task\" is not a task's name.");
        if (!routes.Stage.Tasks.TryGetValue(name, out FlowTask? task))
            throw new UnknownEventException($"This function has no task '{name}'.");
        JsonNode? input = payload["input"]?.DeepClone();
        using IDisposable trail = Trail.Begin(TrailReading.OfTask(payload, scope.Invocation.RequestId));
        Task<JsonNode?> work = RunAsync(task, input, scope.Work);
        await scope.WithinAsync(work);
        JsonNode? answer = await work;
        return answer is null ? "null"u8.ToArray() : JsonSerializer.SerializeToUtf8Bytes(answer, NodeJson.Default.JsonNode);
    }

    private async Task<JsonNode?> RunAsync(FlowTask task, JsonNode? input, CancellationToken cancellationToken)
    {
        await refresh(cancellationToken);
        return await task(input, cancellationToken);
    }

    private async Task<ReadOnlyMemory<byte>> HttpAsync(HttpApiHandler handler, InvocationScope scope)
    {
        APIGatewayHttpApiV2ProxyRequest request =
            JsonSerializer.Deserialize(scope.Invocation.Event.Span, LambdaJson.Default.APIGatewayHttpApiV2ProxyRequest)!;
        using IDisposable trail = Trail.Begin(new Trail(request.RequestContext?.RequestId ?? scope.Invocation.RequestId) { Kind = "request" });
        return JsonSerializer.SerializeToUtf8Bytes(await HttpAsync(handler, request, scope), LambdaJson.Default.APIGatewayHttpApiV2ProxyResponse);
    }

    private async Task<APIGatewayHttpApiV2ProxyResponse> HttpAsync(HttpApiHandler handler, APIGatewayHttpApiV2ProxyRequest request, InvocationScope scope)
    {
        try
        {
            await RefreshedAsync(scope);
            Task<APIGatewayHttpApiV2ProxyResponse> work = handler(request, scope.Work);
            await scope.WithinAsync(work);
            return await work;
        }
#pragma warning disable CA1031 // Still the runtime loop: a caller over HTTP gets an answer that makes it try again, not Lambda's 500.
        catch (Exception e)
#pragma warning restore CA1031
        {
            AdaptersLog.DoorFailed(tools.Log, e);
            return s_unavailable;
        }
    }

    /// <summary>A delivery does not wait for a store that does not answer, while there is a configuration to go by; the handler finds out if there is none.</summary>
    private async Task RefreshedAsync(InvocationScope scope)
    {
        using var limit = new Deadline(routes.RefreshLimit, tools.Clock, scope.Work);
        try
        {
            await refresh(limit.Token).WaitAsync(limit.Token);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e) when (!scope.Work.IsCancellationRequested)
#pragma warning restore CA1031
        {
            AdaptersLog.NotRefreshed(tools.Log, e);
        }
    }
}

/// <summary>What the router speaks and waits with.</summary>
public sealed record RouterTools(ILogger Log, TimeProvider Clock);
