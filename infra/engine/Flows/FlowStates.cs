namespace Cki.Engine;

/// <summary>Where a state takes its data from. A null path with its flag off is the explicit <c>null</c> of the file: an empty object.</summary>
internal readonly record struct DataPath(ReferencePath? Path)
{
    public static readonly DataPath Whole = new(ReferencePath.TryParse("$"));
}

/// <summary>Seconds given in the file or found at a path; neither: none.</summary>
internal sealed record SecondsOf(double? Seconds, ReferencePath? Path);

/// <summary>What a try's failure is matched by, and how long the next try waits.</summary>
internal sealed record Retrier(
    IReadOnlyList<string> ErrorEquals, double IntervalSeconds, double BackoffRate, int MaxAttempts, double? MaxDelaySeconds, bool HasFullJitter);

internal sealed record Catcher(IReadOnlyList<string> ErrorEquals, string Next, ReferencePath? ResultPath);

/// <summary>What a task calls.</summary>
internal enum TaskResource
{
    /// <summary><c>arn:aws:states:::lambda:invoke</c>: one of our stages' tasks.</summary>
    Invoke,

    /// <summary><c>arn:aws:states:::sqs:sendMessage</c></summary>
    Send,

    /// <summary><c>arn:aws:states:::sqs:sendMessage.waitForTaskToken</c></summary>
    SendAndWait,
}

/// <summary>A state of a flow. <see cref="Next"/> is null where the flow ends with it.</summary>
internal abstract record FlowState(string Name, string? Next, DataPath InputPath, DataPath OutputPath)
{
    public sealed record Task(string Name, string? Next, DataPath InputPath, DataPath OutputPath) : FlowState(Name, Next, InputPath, OutputPath)
    {
        public required TaskResource Resource { get; init; }
        public required Template Parameters { get; init; }
        public required Template? ResultSelector { get; init; }
        public required ReferencePath? ResultPath { get; init; }
        public required SecondsOf? Timeout { get; init; }
        public required IReadOnlyList<Retrier> Retry { get; init; }
        public required IReadOnlyList<Catcher> Catch { get; init; }
    }

    public sealed record Wait(
        string Name, string? Next, DataPath InputPath, DataPath OutputPath, SecondsOf? For, DateTimeOffset? Until, ReferencePath? UntilPath)
        : FlowState(Name, Next, InputPath, OutputPath);

    public sealed record Choice(string Name, DataPath InputPath, DataPath OutputPath, IReadOnlyList<(Rule Rule, string Next)> Choices, string? Default)
        : FlowState(Name, null, InputPath, OutputPath);

    /// <summary>Either a literal result, or parameters, or neither: then its input passes through.</summary>
    public sealed record Pass(
        string Name, string? Next, DataPath InputPath, DataPath OutputPath, Template? Result, Template? Parameters, ReferencePath? ResultPath)
        : FlowState(Name, Next, InputPath, OutputPath);

    public sealed record Succeed(string Name, DataPath InputPath, DataPath OutputPath) : FlowState(Name, null, InputPath, OutputPath);

    public sealed record Fail(string Name, string? Error, string? Cause, Expression? ErrorPath, Expression? CausePath)
        : FlowState(Name, null, DataPath.Whole, DataPath.Whole);
}
