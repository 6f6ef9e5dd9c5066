using System.Text.Json.Nodes;

namespace Cki.PipelineTrigger;

/// <summary>Which attempt a flow's task is about.</summary>
internal readonly record struct RunTask(RunId Run, int Attempt)
{
    /// <summary>Throws naming what is wrong: the flow file and this stage do not agree.</summary>
    public static RunTask Of(JsonNode? input) =>
        new(new RunId(Text(input, "runId")), (int)Number(input, "attempt"));

    public static string Text(JsonNode? input, string field) =>
        input?[field]?.GetValue<string>() ?? throw new ArgumentException($"The task's input has no {field}: {input?.ToJsonString()}");

    public static long Number(JsonNode? input, string field) =>
        input?[field] is JsonValue value && long.TryParse(value.ToJsonString(), out long number)
            ? number
            : throw new ArgumentException($"The task's input has no number {field}: {input?.ToJsonString()}");
}

/// <summary>What tasks answer to the flow: <c>{status, waitSeconds, loop, group, ref, webUrl}</c>; the last three where there is a pipeline.</summary>
internal static class TaskAnswer
{
    public const string Started = "started";
    public const string Running = "running";

    /// <summary>Looks settled: a plain wait, no signal is to come.</summary>
    public const string Quiet = "quiet";
    public const string Settled = "settled";
    public const string Starving = "starving";
    public const string Superseded = "superseded";
    public const string Deadline = "deadline";

    /// <param name="loop">Number of the await that comes next.</param>
    public static JsonObject Of(string status, RunAttempt attempt, long loop, TimeSpan wait)
    {
        var answer = new JsonObject
        {
            ["status"] = status,
            ["waitSeconds"] = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)),
            ["loop"] = loop,
        };
        if (attempt.Pipeline is not { } pipeline)
            return answer;
        answer["group"] = pipeline.Project.ToString();
        answer["ref"] = new JsonObject
        {
            ["project"] = new JsonObject { ["host"] = pipeline.Project.Host, ["path"] = pipeline.Project.Path },
            ["id"] = pipeline.Id,
        };
        answer["webUrl"] = attempt.WebUrl;
        return answer;
    }

    public static JsonObject Final(RunAttempt attempt) => Of(Settled, attempt, 0, TimeSpan.Zero);
}
