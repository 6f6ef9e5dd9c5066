using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>Answers one event; what it throws is posted as the invocation's error. Waits for work by <see cref="InvocationScope.WithinAsync"/>.</summary>
public delegate Task<ReadOnlyMemory<byte>> InvocationHandler(InvocationScope scope);

/// <summary>
/// next, handle, flush, answer: one event at a time, and nothing of one is left when the next is asked for. Where a handler ignored its deadline, the
/// answer is posted and the process ends, since its work would otherwise run on within another's invocation; Lambda starts a new one.
/// </summary>
public sealed class RuntimeLoop(RuntimeApiClient api, InvocationHandler handler, LoopTools tools)
{
    /// <summary>Where AWS's SDK and X-Ray look for the trace of what runs.</summary>
    public const string TraceVariable = "_X_AMZN_TRACE_ID";

    /// <summary>Runs until the process must end. Throws <see cref="RuntimeApiException"/> or <see cref="HttpRequestException"/> where the Runtime API is gone.</summary>
    /// <param name="stop">For tests; Lambda ends the process itself.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        var isHaunted = false;
        while (!isHaunted)
        {
            Invocation invocation = await api.NextAsync(stop);
            Environment.SetEnvironmentVariable(TraceVariable, invocation.TraceId);
            tools.Telemetry.Begin(invocation);
            using var scope = new InvocationScope(invocation, tools.Clock);
            await RunAsync(scope, stop);
            isHaunted = scope.IsHaunted;
        }
        AdaptersLog.Haunted(tools.Log);
    }

    private async Task RunAsync(InvocationScope scope, CancellationToken stop)
    {
        string requestId = scope.Invocation.RequestId;
        (ReadOnlyMemory<byte> answer, LambdaError? error) = await HandleAsync(scope);
        await tools.Telemetry.EndAsync(scope.Housekeeping);
        AnswerTaken taken = error is null ? await api.AnswerAsync(requestId, answer, stop) : await api.FailAsync(requestId, error, stop);
        if (taken == AnswerTaken.TooLarge && error is null)
        {
            var tooLarge = new LambdaError("Function.ResponseSizeTooLarge", $"The answer has {answer.Length} bytes, more than Lambda takes.", []);
            AdaptersLog.AnswerTooLarge(tools.Log, answer.Length);
            taken = await api.FailAsync(requestId, tooLarge, stop);
        }
        if (taken != AnswerTaken.Taken)
            AdaptersLog.AnswerNotTaken(tools.Log, taken);
    }

    private async Task<(ReadOnlyMemory<byte> Answer, LambdaError? Error)> HandleAsync(InvocationScope scope)
    {
        try
        {
            return (await handler(scope), null);
        }
#pragma warning disable CA1031 // The runtime loop is one of the house's three catch-alls: whatever is thrown becomes the invocation's error.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // A named failure is a task's ordinary "no": its flow retries or catches it.
            AdaptersLog.InvocationFailed(tools.Log, e is FlowTaskException ? LogLevel.Warning : LogLevel.Error, e);
            return (default, LambdaError.Of(e, scope.Work.IsCancellationRequested, tools.Scrub));
        }
    }
}

/// <summary>What stands around the loop.</summary>
/// <param name="Scrub">Takes secrets out of error texts, which reach flows and callers.</param>
public sealed record LoopTools(InvocationTelemetry Telemetry, TimeProvider Clock, ILogger Log, Func<string, string> Scrub);
