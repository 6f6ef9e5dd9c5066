namespace Cki.Engine;

/// <summary>A flow file that the interpreter refuses, with every reason and where it is.</summary>
public sealed class FlowDefinitionException(string flow, IReadOnlyList<string> errors)
    : Exception($"Flow {flow} is refused:{string.Concat(errors.Select(error => "\n  " + error))}")
{
    /// <summary>One line each: the path in the file, then what is wrong.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>A state cannot go on; the name is one of Step Functions' (<c>States.Runtime</c>, <c>States.NoChoiceMatched</c>, ...).</summary>
internal sealed class StateFailedException(string error, string cause) : Exception($"{error}: {cause}")
{
    public string Error { get; } = error;

    public string Cause { get; } = cause;
}

/// <summary>Step Functions' own error names.</summary>
public static class FlowErrors
{
    public const string All = "States.ALL";
    public const string Timeout = "States.Timeout";
    public const string TaskFailed = "States.TaskFailed";
    public const string Runtime = "States.Runtime";
    public const string DataLimitExceeded = "States.DataLimitExceeded";
    public const string NoChoiceMatched = "States.NoChoiceMatched";
    public const string ParameterPathFailure = "States.ParameterPathFailure";
    public const string ResultPathMatchFailure = "States.ResultPathMatchFailure";
    public const string IntrinsicFailure = "States.IntrinsicFailure";
}
