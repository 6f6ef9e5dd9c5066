using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.PipelineTrigger;

/// <summary>
/// Task <c>refuse-run</c>, input with <c>error</c> as the flow caught it: what GitLab refuses is a matter of configuration, everything else that
/// outlasted all retries is ours; unless a job was found to fail by the commit before. It is settled and told, never dropped.
/// </summary>
internal sealed class RefuseRunTask(RunBook book)
{
    public async Task<JsonNode?> RunAsync(JsonNode? input, CancellationToken cancellationToken)
    {
        RunTask task = RunTask.Of(input);
        string error = RunTask.Text(input?["error"], "Error");
        Verdict verdict = error == ErrorNames.GitLabRefused ? Verdict.Configuration : Verdict.Infrastructure;
        string cause = Cause(input?["error"]?["Cause"]?.GetValue<string>());
        string reason = verdict == Verdict.Configuration ? cause : $"{error}: {cause}";
        return TaskAnswer.Final(await book.BreakOffAsync(task, verdict, reason, cancellationToken));
    }

    // A function's failure is JSON with errorMessage; the engine's own (a time-out) is text.
    private static string Cause(string? cause)
    {
        if (string.IsNullOrEmpty(cause))
            return "no cause was given";
        try
        {
            return JsonNode.Parse(cause) is JsonObject failure && failure["errorMessage"]?.GetValue<string>() is { } message ? message : cause;
        }
        catch (JsonException)
        {
            return cause;
        }
    }
}
