using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>The context object that <c>$$</c> paths read, in Step Functions' shape.</summary>
internal static class FlowContext
{
    public static JsonObject Of(Execution execution)
    {
        var context = new JsonObject
        {
            ["Execution"] = new JsonObject
            {
                ["Id"] = $"arn:aws:states:local:000000000000:execution:{execution.Flow}:{execution.Name}",
                ["Input"] = JsonNode.Parse(execution.Input),
                ["Name"] = execution.Name,
                ["StartTime"] = Time(execution.Started),
            },
            ["State"] = new JsonObject
            {
                ["EnteredTime"] = Time(execution.Entered),
                ["Name"] = execution.State,
                ["RetryCount"] = execution.Retried.Sum(),
            },
            ["StateMachine"] = new JsonObject
            {
                ["Id"] = $"arn:aws:states:local:000000000000:stateMachine:{execution.Flow}",
                ["Name"] = execution.Flow,
            },
        };
        if (execution.Token is not null)
            context["Task"] = new JsonObject { ["Token"] = execution.Token };
        return context;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
}
