using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <content>What follows when a state fails: another try, a catcher, or the end.</content>
internal sealed partial class FlowStepper
{
    private void Fail(string error, string cause)
    {
        Note(FlowTransitionKind.TryFailed, $"{error}: {cause}");
        if (State is FlowState.Task task && (Retries(task, error) || Catches(task, error, cause)))
            return;
        End(FlowStatus.Failed, null, error, cause);
    }

    private bool Retries(FlowState.Task task, string error)
    {
        int i = task.Retry.ToList().FindIndex(retrier => ErrorMatching.Matches(retrier.ErrorEquals, error));
        if (i < 0 || execution.Retried[i] >= task.Retry[i].MaxAttempts)
            return false;
        DateTimeOffset at = now + calls.Delay(task.Retry[i], execution.Retried[i]);
        execution = execution with
        {
            Seq = execution.Seq + 1,
            Token = null,
            Retried = execution.Retried.SetItem(i, execution.Retried[i] + 1),
            Phase = new Phase.OnRetry(at),
        };
        Note(FlowTransitionKind.RetryScheduled, at.ToString("O"));
        return true;
    }

    private bool Catches(FlowState.Task task, string error, string cause)
    {
        if (task.Catch.FirstOrDefault(catcher => ErrorMatching.Matches(catcher.ErrorEquals, error)) is not { } found)
            return false;
        JsonNode? caught = new JsonObject { ["Error"] = error, ["Cause"] = cause };
        try
        {
            next = (found.Next, found.ResultPath is null ? RawInput : found.ResultPath.With(RawInput, caught));
        }
        catch (StateFailedException e)
        {
            End(FlowStatus.Failed, null, e.Error, e.Cause);
            return true;
        }
        Note(FlowTransitionKind.StateExited, data: EngineJson.Text(next.Value.Input));
        execution = execution with { Token = null };
        return true;
    }
}
