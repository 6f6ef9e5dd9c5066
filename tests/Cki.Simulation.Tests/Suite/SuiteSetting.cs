using Cki.Adapters;
using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>The installation under test: one tree on GitLab, a webhook channel and the commit status for developers, a webhook for operators.</summary>
public static class SuiteSetting
{
    /// <summary>Lambda's time-out of a stage.</summary>
    public static readonly TimeSpan InvocationMax = TimeSpan.FromSeconds(150);

    private const string SigningKey = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    public static readonly SortedDictionary<string, string> Secrets = new(StringComparer.Ordinal)
    {
        ["gitlab-token"] = Town.BotToken, ["hook-token"] = Town.HookToken, ["signing-key"] = SigningKey,
        ["slack-token"] = "xoxb-1", ["kcidb-token"] = "eyJ.1.x",
    };

    public static EngineOptions Engine { get; } = new() { Flows = [Flow("test-commit"), Flow("retry-job")] };

    public static SuiteConfig Config { get; } = ConfigDirectory.Load(Path.Combine(AppContext.BaseDirectory, "Config"));

    public static DispatchOptions Dispatching(Life life) => new()
    {
        Logger = new TraceLogs(life).CreateLogger("cki.engine"),
    };

    /// <summary>Watch's tick. <c>cki up</c> and EventBridge send it every minute; no promise depends on that, and most events of two quiet days are ticks.</summary>
    public static void Schedule(Dispatcher dispatcher, TimeSpan every) => dispatcher.Every("tick", every, now => new OutgoingMessage(
        QueueNames.Watch,
        new CloudEvent($"tick-{now.UtcTicks}", "/cki/schedule", MessageTypes.Tick, "tick", now, System.Text.Json.JsonSerializer.SerializeToNode(new Tick(now), MessageJson.Default.Tick)!).ToJson(),
        "tick"));

    private static FlowDefinition Flow(string name) => FlowDefinition.Load(
        name, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Flows", $"{name}.asl.json")),
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PipelineTriggerTaskFunctionArn"] = "pipeline-trigger", ["JobHerdingTaskFunctionArn"] = "job-herding",
            ["HerdQueueUrl"] = QueueNames.Herd, ["ReportQueueUrl"] = QueueNames.Report,
        });
}
