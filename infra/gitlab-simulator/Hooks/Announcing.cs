using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

// From an event to webhook requests.
public sealed partial class GitLabWorld
{
    private void AnnouncePipeline(GitLabPipeline pipeline)
    {
        if (pipeline.Project.Hooks.Any(hook => hook.PipelineEvents))
            Announce(pipeline.Project, "Pipeline Hook", HookJson.Pipeline(this, pipeline));
    }

    private void AnnounceJob(GitLabJob job)
    {
        // Bridges send no job events.
        if (!job.IsBridge && job.Pipeline.Project.Hooks.Any(hook => hook.JobEvents))
            Announce(job.Pipeline.Project, "Job Hook", HookJson.Job(this, job));
    }

    /// <summary>The payload is the state of now, whenever it is sent.</summary>
    private void Announce(GitLabProject project, string eventName, JsonObject payload, string? branch = null)
    {
        string body = payload.ToJsonString();
        string eventUuid = NextUuid();
        foreach (GitLabHook hook in project.Hooks.Where(hook => hook.Wants(eventName)).ToArray())
            if (eventName != "Push Hook" || string.IsNullOrEmpty(hook.PushBranchFilter) || hook.PushBranchFilter == branch)
                Dispatch(NewDelivery(project, hook, (eventName, eventUuid, NextUuid(), body)));
    }

    private WebhookDelivery NewDelivery(
        GitLabProject project, GitLabHook hook, (string Event, string EventUuid, string Key, string Body) what)
    {
        var delivery = new WebhookDelivery
        {
            Id = NextId("delivery", 90001), Project = project, Hook = hook, Event = what.Event, EventUuid = what.EventUuid,
            IdempotencyKey = what.Key, Body = what.Body, CreatedAt = Now,
        };
        _deliveries.Add(delivery);
        return delivery;
    }

    private void Dispatch(WebhookDelivery delivery)
    {
        switch (Faults.TakeHook(delivery.Event))
        {
            case HookFault.Drop:
                delivery.Outcome = "dropped";
                return;
            case HookFault.Delay:
                SendLater(delivery, TimeSpan.FromMinutes(1 + (9 * Roll("gitlab.hook.delay"))));
                return;
            case HookFault.Reorder:
                SendLater(delivery, TimeSpan.FromSeconds(30 * Roll("gitlab.hook.reorder")));
                return;
            case HookFault.Duplicate:
                SendLater(delivery, Settings.HookLatency);
                SendLater(Again(delivery), Settings.HookLatency + TimeSpan.FromMinutes(Roll("gitlab.hook.duplicate")));
                return;
            default:
                SendLater(delivery, Settings.HookLatency);
                return;
        }
    }

    /// <summary>The same event once more: same Idempotency-Key, an entry of its own.</summary>
    internal WebhookDelivery Again(WebhookDelivery delivery) => NewDelivery(delivery.Project, delivery.Hook,
        (delivery.Event, delivery.EventUuid, delivery.IdempotencyKey, delivery.Body));

    internal void SendLater(WebhookDelivery delivery, TimeSpan delay) => Alarm(delay, () => _ = SendAsync(delivery, byHand: false));

    internal GitLabCommit CommitOf(GitLabPipeline pipeline) =>
        pipeline.Project.Commits.GetValueOrDefault(pipeline.Sha) ?? new GitLabCommit(pipeline.Sha, "(unknown)", pipeline.CreatedAt);

    internal WebhookDelivery[] DeliveriesOf(GitLabHook hook) =>
        _deliveries.Where(delivery => delivery.Hook == hook && delivery.Outcome is ("delivered" or "refused" or "failed")).Reverse().ToArray();
}
