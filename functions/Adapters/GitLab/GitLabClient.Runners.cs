using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Adapters;

public sealed partial class GitLabClient
{
    /// <summary>The newest page of what a runner ran, newest first. Those who maintain none of its projects get <see cref="GitLabRefusedException"/> 403.</summary>
    public async Task<IReadOnlyList<RunnerJob>> ListRunnerJobsAsync(string host, long runner, CancellationToken cancellationToken)
    {
        GitLabCall call = OnHost(host, $"/runners/{runner}/jobs?per_page=20&order_by=id&sort=desc");
        (GitLabJobJson[] jobs, _) = await retries.SafelyAsync(token => PageAsync(call, GitLabJson.Default.GitLabJobJsonArray, token), cancellationToken);
        return
        [
            .. jobs.OrderByDescending(j => j.Id).Select(j => new RunnerJob(
                j.Id, j.Status, j.Status == GitLabStatus.Failed && FailureReasons.KindOf(j.FailureReason) == FailureKind.System, j.FinishedAt)),
        ];
    }

    /// <summary>It gets no new jobs; those it has go on. Null when done, else GitLab's reason why not. Doing it twice does no harm.</summary>
    public async Task<string?> PauseRunnerAsync(string host, long runner, CancellationToken cancellationToken)
    {
        GitLabCall call = OnHost(host, $"/runners/{runner}") with { Method = HttpMethod.Put, Limit = GitLabRetries.PostLimit };
        byte[] body = Encoding.UTF8.GetBytes(new JsonObject { ["paused"] = true }.ToJsonString());
        GitLabAnswer answer = await _wire.AskAsync(call with { Body = body }, cancellationToken);
        return answer.IsSuccess ? null : $"{answer.Status} {answer.Message}";
    }

    /// <summary>False as well where it is gone, or not for our eyes any more.</summary>
    public async Task<bool> IsRunnerPausedAsync(string host, long runner, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(OnHost(host, $"/runners/{runner}"), GitLabJson.Default.GitLabRunnerJson, cancellationToken) is { Paused: true };
        }
        catch (GitLabRefusedException)
        {
            return false;
        }
    }
}
