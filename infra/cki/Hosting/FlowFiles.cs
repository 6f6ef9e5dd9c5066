using Cki.Engine;

namespace Cki.Tool;

/// <summary>The flow files of infra/flows, as they lie in the tool; the same files go to AWS.</summary>
internal static class FlowFiles
{
    private static readonly string[] s_names = ["test-commit", "retry-job"];

    /// <summary>What stands in the template's <c>DefinitionSubstitutions</c> on AWS: here queues and stages have their plain names.</summary>
    private static readonly Dictionary<string, string> s_substitutions = new(StringComparer.Ordinal)
    {
        ["PipelineTriggerTaskFunctionArn"] = "pipeline-trigger",
        ["JobHerdingTaskFunctionArn"] = "job-herding",
        ["HerdQueueUrl"] = QueueNames.Herd,
        ["ReportQueueUrl"] = QueueNames.Report,
    };

    public static IReadOnlyList<FlowDefinition> Load() => [.. s_names.Select(Load)];

    private static FlowDefinition Load(string name)
    {
        using Stream file = typeof(FlowFiles).Assembly.GetManifestResourceStream($"flows/{name}.asl.json")
            ?? throw new InvalidOperationException($"the tool was built without infra/flows/{name}.asl.json");
        using var reader = new StreamReader(file);
        return FlowDefinition.Load(name, reader.ReadToEnd(), s_substitutions);
    }
}
