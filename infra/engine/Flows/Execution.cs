using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>What a running execution waits for.</summary>
internal abstract record Phase
{
    private Phase() { }

    /// <summary>A task's answer or a signal.</summary>
    public sealed record OnAnswer(DateTimeOffset? TimesOutAt) : Phase;

    /// <summary>The next try of its state.</summary>
    public sealed record OnRetry(DateTimeOffset At) : Phase;

    /// <summary>The end of a Wait state.</summary>
    public sealed record OnClock(DateTimeOffset At) : Phase;

    /// <summary>Nothing any more.</summary>
    public sealed record Ended : Phase;

    public DateTimeOffset? Due => this switch
    {
        OnAnswer answer => answer.TimesOutAt,
        OnRetry retry => retry.At,
        OnClock clock => clock.At,
        _ => null,
    };
}

/// <summary>One execution as it stands between two steps. JSON is kept as text: nodes are mutable.</summary>
internal sealed record Execution
{
    public required long Id { get; init; }
    public required string Flow { get; init; }
    public required string Name { get; init; }
    public required string MachineSha { get; init; }
    public FlowStatus Status { get; init; } = FlowStatus.Running;

    /// <summary>The state it is in, and that state's raw input.</summary>
    public string State { get; init; } = "";
    public string StateInput { get; init; } = "null";

    /// <summary>Rises with every try and transition; an answer to an older one means nothing any more.</summary>
    public int Seq { get; init; }

    /// <summary>Retries used so far in this state, per retrier.</summary>
    public ImmutableArray<int> Retried { get; init; } = [];
    public Phase Phase { get; init; } = new Phase.Ended();
    public string? Token { get; init; }
    public DateTimeOffset Entered { get; init; }
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the flow's own TimeoutSeconds end it.</summary>
    public DateTimeOffset? Deadline { get; init; }
    public required string Input { get; init; }
    public string? Output { get; init; }
    public string? Error { get; init; }
    public string? Cause { get; init; }
    public DateTimeOffset? Stopped { get; init; }

    /// <summary>When something happens by itself; null where only an answer moves it.</summary>
    public DateTimeOffset? Due =>
        Status != FlowStatus.Running ? null
        : Phase.Due is not { } due ? Deadline
        : Deadline is { } deadline && deadline < due ? deadline
        : due;

    public FlowExecution Described => new(Flow, Name, Status, Input, Output, Error, Cause, Started, Stopped);
}

/// <summary>What moves an execution.</summary>
internal abstract record Happening
{
    private Happening() { }

    public sealed record Entered : Happening;

    public sealed record Succeeded(int Seq, JsonNode? Output) : Happening;

    public sealed record Failed(int Seq, string Error, string Cause) : Happening;

    public sealed record Due : Happening;

    public sealed record Aborted(string Error, string Cause) : Happening;
}

/// <summary>What happened in an execution, for the board and for comparing with other interpreters.</summary>
public enum FlowTransitionKind
{
    StateEntered,
    StateExited,

    /// <summary>A try failed; the detail is error and cause.</summary>
    TryFailed,

    /// <summary>Another try will follow; the detail says when.</summary>
    RetryScheduled,

    /// <summary>The execution ended; the detail is its status.</summary>
    Ended,
}

/// <summary>One line of an execution's history.</summary>
public sealed record FlowTransition(FlowTransitionKind Kind, string State, DateTimeOffset At, string? Detail)
{
    /// <summary>JSON: the raw input of an entered state, the output of an exited one. The database does not keep it.</summary>
    public string? Data { get; init; }
}

/// <summary>A step's result. <see cref="IsTaken"/> is false where the happening was no longer waited for; nothing changed then.</summary>
internal sealed record Stepped(
    Execution Execution, IReadOnlyList<OutgoingMessage> Sends, IReadOnlyList<FlowTransition> Transitions, bool IsTaken);
