namespace Cki.Engine;

/// <summary>Step Functions' rules for the names in <c>ErrorEquals</c>.</summary>
internal static class ErrorMatching
{
    public static bool Matches(IReadOnlyList<string> names, string error) => names.Any(name => Matches(name, error));

    private static bool Matches(string name, string error) => error switch
    {
        // Never retried and never caught: the flow itself is wrong.
        FlowErrors.Runtime => false,
        _ when name == error => true,
        // Terminal for the wildcards; only its own name catches it.
        FlowErrors.DataLimitExceeded => false,
        FlowErrors.Timeout => name == FlowErrors.All,
        _ => name is FlowErrors.All or FlowErrors.TaskFailed,
    };
}
