using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

// Tests and resends: they go out although the hook is disabled.
public sealed partial class GitLabWorld
{
    internal void SendByHand(WebhookDelivery delivery) => Alarm(TimeSpan.Zero, () => _ = SendAsync(delivery, byHand: true));

    /// <summary>Null when the test was sent, else GitLab's refusal. As in GitLab, a test uses the project's newest data.</summary>
    internal string? TestHook(GitLabProject project, GitLabHook hook, string trigger)
    {
        GitLabPipeline? pipeline = project.Pipelines.LastOrDefault();
        (string? name, JsonObject? payload, string missing) = trigger switch
        {
            "push_events" => ("Push Hook", SamplePush(project), "Ensure the project has commits."),
            "pipeline_events" => ("Pipeline Hook", pipeline is null ? null : HookJson.Pipeline(this, pipeline), "Ensure the project has CI pipelines."),
            "job_events" => ("Job Hook", pipeline is null ? null : HookJson.Job(this, pipeline.Jobs[0]), "Ensure the project has CI jobs."),
            _ => (null, null, $"Testing {trigger} is not offered by this instance."),
        };
        if (name is null || payload is null)
            return missing;
        SendByHand(NewDelivery(project, hook, (name, NextUuid(), NextUuid(), payload.ToJsonString())));
        return null;
    }

    private JsonObject? SamplePush(GitLabProject project)
    {
        string? head = project.Branches.GetValueOrDefault(project.DefaultBranch);
        if (head is null || !project.Commits.TryGetValue(head, out GitLabCommit? commit) || _users.Count == 0)
            return null;
        string before = commit.Parents.FirstOrDefault() ?? NoSha;
        return PushJson.Payload(this, project, new RefUpdate(project.DefaultBranch, head, commit), before, _users[0]);
    }
}
