using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>
/// One step of an execution: a pure function of (machine, execution, happening, now, dice) that goes on until it must wait.
/// Its only effects are messages to send and the execution's new record; both are committed together.
/// </summary>
internal sealed partial class FlowStepper
{
    /// <summary>States entered in one step; more is a circle without a wait.</summary>
    private const int StatesPerStepMax = 1000;

    private readonly FlowDefinition machine;
    private readonly DateTimeOffset now;
    private readonly TaskCalls calls;
    private readonly List<OutgoingMessage> sends = [];
    private readonly List<FlowTransition> transitions = [];
    private Execution execution;
    private (string State, JsonNode? Input)? next;

    private FlowStepper(FlowDefinition machine, Execution execution, DateTimeOffset now, TaskCalls calls)
    {
        this.machine = machine;
        this.execution = execution;
        this.now = now;
        this.calls = calls;
    }

    public static Stepped Step(FlowDefinition machine, Execution execution, Happening happening, DateTimeOffset now, TaskCalls calls)
    {
        var stepper = new FlowStepper(machine, execution, now, calls);
        bool isTaken = stepper.Take(happening);
        stepper.GoOn();
        return new Stepped(stepper.execution, stepper.sends, stepper.transitions, isTaken);
    }

    /// <summary>The end of an execution that cannot be stepped: its definition is unreadable to this version, say.</summary>
    public static Stepped Broken(Execution execution, string cause, DateTimeOffset now)
    {
        Execution ended = execution with
        {
            Status = FlowStatus.Failed, Error = FlowErrors.Runtime, Cause = cause, Stopped = now,
            Seq = execution.Seq + 1, Token = null, Phase = new Phase.Ended(),
        };
        return new Stepped(ended, [], [new FlowTransition(FlowTransitionKind.Ended, ended.State, now, $"Failed: {FlowErrors.Runtime}")], true);
    }

    private bool Take(Happening happening)
    {
        if (execution.Status != FlowStatus.Running)
            return false;
        switch (happening, execution.Phase)
        {
            case (Happening.Entered, _):
                next = (machine.StartAt, JsonNode.Parse(execution.Input));
                return true;
            case (Happening.Aborted aborted, _):
                End(FlowStatus.Aborted, null, aborted.Error, aborted.Cause);
                return true;
            case (Happening.Succeeded succeeded, Phase.OnAnswer) when succeeded.Seq == execution.Seq:
                Guarded(() => Finish((FlowState.Task)State, succeeded.Output));
                return true;
            case (Happening.Failed failed, Phase.OnAnswer) when failed.Seq == execution.Seq:
                Fail(failed.Error, failed.Cause);
                return true;
            case (Happening.Due, _) when execution.Due <= now:
                TakeDue();
                return true;
            default:
                return false;
        }
    }

    private void TakeDue()
    {
        if (execution.Deadline <= now)
            End(FlowStatus.TimedOut, null, FlowErrors.Timeout, $"The execution took longer than {machine.TimeoutSeconds} seconds");
        else if (execution.Phase is Phase.OnAnswer)
            Fail(FlowErrors.Timeout, $"No answer came to state {execution.State} in time");
        else if (execution.Phase is Phase.OnRetry)
            Guarded(Act);
        else
            Guarded(() => Leave(State.Next, Input()));
    }

    private void GoOn()
    {
        for (int entered = 0; next is { } target; entered++)
        {
            next = null;
            Enter(target.State, target.Input);
            if (entered < StatesPerStepMax)
                Guarded(Act);
            else
                Fail(FlowErrors.Runtime, $"More than {StatesPerStepMax} states were entered without a wait");
        }
    }

    private FlowState State => machine.States[execution.State];

    private JsonNode? RawInput => JsonNode.Parse(execution.StateInput);

    private Scope Scope(JsonNode? data) => new(data, FlowContext.Of(execution));

    private JsonNode? Input() => Through(State.InputPath, RawInput);

    private JsonNode? Through(DataPath path, JsonNode? data) =>
        path.Path is null ? new JsonObject() : Paths.Find(path.Path, Scope(data), FlowErrors.Runtime);

    private void Enter(string state, JsonNode? input)
    {
        int retriers = machine.States[state] is FlowState.Task task ? task.Retry.Count : 0;
        execution = execution with
        {
            State = state,
            StateInput = EngineJson.Text(input),
            Seq = execution.Seq + 1,
            Retried = [.. new int[retriers]],
            Token = null,
            Entered = now,
        };
        Note(FlowTransitionKind.StateEntered, data: execution.StateInput);
    }

    /// <summary>The state is done; its output goes on to the next one, or is the flow's.</summary>
    private void Leave(string? to, JsonNode? output)
    {
        string text = EngineJson.Text(Through(State.OutputPath, output));
        if (text.Length > TaskCalls.DataBytesMax)
            throw new StateFailedException(FlowErrors.DataLimitExceeded, $"State {execution.State} returned {text.Length} characters");
        Note(FlowTransitionKind.StateExited, data: text);
        execution = execution with { Token = null };
        if (to is null)
            End(FlowStatus.Succeeded, text, null, null);
        else
            next = (to, JsonNode.Parse(text));
    }

    private void Guarded(Action act)
    {
        try
        {
            act();
        }
        catch (StateFailedException e)
        {
            Fail(e.Error, e.Cause);
        }
    }

    private void End(FlowStatus status, string? output, string? error, string? cause)
    {
        next = null;
        execution = execution with
        {
            Status = status, Output = output, Error = error, Cause = cause, Stopped = now,
            Seq = execution.Seq + 1, Token = null, Phase = new Phase.Ended(),
        };
        Note(FlowTransitionKind.Ended, error is null ? status.ToString() : $"{status}: {error}");
    }

    private void Note(FlowTransitionKind kind, string? detail = null, string? data = null) =>
        transitions.Add(new FlowTransition(kind, execution.State, now, detail) { Data = data });
}
