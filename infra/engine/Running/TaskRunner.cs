using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>Runs flow tasks from the internal queue and answers their executions. A failed task is no failed message: retrying is its flow's.</summary>
internal sealed class TaskRunner(EmbeddedEngine engine, DispatchOptions options, IReadOnlyDictionary<string, FlowTask> tasks)
{
    /// <summary>Receives of one try; a task in whose hands the process dies again and again fails the try as Lambda does.</summary>
    public const int TriesMax = 3;

    public async Task HandleAsync(Reception reception)
    {
        ReceivedMessage message = reception.Message;
        long execution = long.Parse(message.Attributes[TaskCalls.ExecutionAttribute]);
        int seq = int.Parse(message.Attributes[TaskCalls.SeqAttribute]);
        Happening answer = await AnswerAsync(message, seq);
        try
        {
            await engine.Flows.AnswerAsync(reception, execution, answer);
        }
        catch (EngineUnavailableException e)
        {
            EngineLog.NotSettled(options.Logger, e, TaskCalls.TasksQueue, message.Id);
        }
    }

    private async Task<Happening> AnswerAsync(ReceivedMessage message, int seq)
    {
        JsonNode payload = JsonNode.Parse(message.Body)!;
        using IDisposable trail = Trail.Begin(TrailReading.OfTask(payload, message.Id));
        string name = Json.Text(payload["task"])!;
        if (message.ReceiveCount > TriesMax)
            return new Happening.Failed(seq, "Lambda.Unknown", $"The process died {TriesMax} times while it ran {name}");
        if (!tasks.TryGetValue(name, out FlowTask? task))
            return new Happening.Failed(seq, "Lambda.ResourceNotFoundException", $"No stage has a task {name}");
        JsonNode? result = null;
        Exception? error = await Invocations.RunAsync(
            engine.Clock,
            engine.Options.Tasks,
            limited => options.Invoke(name, async token => result = await task(payload["input"]?.DeepClone(), token), limited));
        if (error is null)
            return new Happening.Succeeded(seq, TaskCalls.Answer(result));
        options.Report(new HandlerFailure(name, message, error, null));
        return Failed(seq, error);
    }

    /// <summary>Name and cause as a Lambda function's failure has them, so that a flow reads the same on both engines.</summary>
    private static Happening.Failed Failed(int seq, Exception error)
    {
        string type = error switch
        {
            FlowTaskException known => known.ErrorName,
            TimeoutException => "Sandbox.Timedout",
            _ => error.GetType().Name,
        };
        var cause = new JsonObject { ["errorMessage"] = error.Message, ["errorType"] = type };
        return new Happening.Failed(seq, type, EngineJson.Text(cause));
    }
}
