using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <content>What each kind of state does.</content>
internal sealed partial class FlowStepper
{
    private void Act()
    {
        switch (State)
        {
            case FlowState.Task task:
                Try(task);
                break;
            case FlowState.Wait wait:
                execution = execution with { Phase = new Phase.OnClock(Until(wait)) };
                if (execution.Phase.Due <= now)
                    Leave(wait.Next, Input());
                break;
            case FlowState.Choice choice:
                Choose(choice);
                break;
            case FlowState.Pass pass:
                Pass(pass);
                break;
            case FlowState.Succeed:
                Leave(null, Input());
                break;
            case FlowState.Fail fail:
                End(
                    FlowStatus.Failed, null,
                    fail.Error ?? Json.Text(fail.ErrorPath?.Value(Scope(RawInput))),
                    fail.Cause ?? Json.Text(fail.CausePath?.Value(Scope(RawInput))));
                break;
        }
    }

    private void Try(FlowState.Task task)
    {
        execution = execution with
        {
            Seq = execution.Seq + 1,
            Token = task.Resource == TaskResource.SendAndWait ? calls.NewToken() : null,
        };
        JsonNode? input = Input();
        TaskCall call = calls.Make(task, execution, task.Parameters.Value(Scope(input)));
        double? seconds = Seconds(task.Timeout, input);
        sends.Add(call.Message);
        execution = execution with { Phase = new Phase.OnAnswer(seconds is null ? null : now.AddSeconds(seconds.Value)) };
        if (task.Resource == TaskResource.Send)
            Finish(task, call.Result);
    }

    private void Finish(FlowState.Task task, JsonNode? result)
    {
        JsonNode? selected = task.ResultSelector is null ? result : task.ResultSelector.Value(Scope(result));
        Leave(task.Next, task.ResultPath is null ? RawInput : task.ResultPath.With(RawInput, selected));
    }

    private void Pass(FlowState.Pass pass)
    {
        JsonNode? input = Input();
        JsonNode? made = pass.Parameters is null ? input : pass.Parameters.Value(Scope(input));
        JsonNode? result = pass.Result is null ? made : pass.Result.Value(Scope(input));
        Leave(pass.Next, pass.ResultPath is null ? RawInput : pass.ResultPath.With(RawInput, result));
    }

    private void Choose(FlowState.Choice choice)
    {
        JsonNode? input = Input();
        Scope scope = Scope(input);
        string? chosen = choice.Choices.Where(option => option.Rule.Holds(scope)).Select(option => option.Next).FirstOrDefault() ?? choice.Default;
        if (chosen is null)
            throw new StateFailedException(FlowErrors.NoChoiceMatched, $"No rule of state {choice.Name} matched, and it has no default");
        Leave(chosen, input);
    }

    private DateTimeOffset Until(FlowState.Wait wait)
    {
        JsonNode? input = Input();
        if (wait.Until is { } fixedTime)
            return fixedTime;
        if (wait.UntilPath is null)
            return now.AddSeconds(Seconds(wait.For, input)!.Value);
        return Json.Timestamp(Paths.Find(wait.UntilPath, Scope(input), FlowErrors.Runtime))
            ?? throw new StateFailedException(FlowErrors.Runtime, $"There is no timestamp at '{wait.UntilPath.Text}'");
    }

    private double? Seconds(SecondsOf? seconds, JsonNode? input)
    {
        if (seconds?.Path is not { } path)
            return seconds?.Seconds;
        // Step Functions' own upper bound.
        return Json.Number(Paths.Find(path, Scope(input), FlowErrors.Runtime)) is { } found and >= 0 and <= 99_999_999
            ? found
            : throw new StateFailedException(FlowErrors.Runtime, $"There is no number of seconds at '{path.Text}'");
    }
}
