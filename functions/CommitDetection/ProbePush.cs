namespace Cki.CommitDetection;

/// <summary>Takes the pushes of the probe, always a new head of a repository that does not exist; all others go on.</summary>
internal sealed class ProbePush(RunOpening runs, PushHandler others)
{
    public Task HandleAsync(PushReceived push, DateTimeOffset announcedAt, CancellationToken cancellationToken)
    {
        if (!ProbeTree.Is(push.Project))
            return others.HandleAsync(push, announcedAt, cancellationToken);
        return push.After is { } pushed
            ? runs.OpenAsync(ProbeTree.Config, new HeadDecision.Test(ProbeTree.Branch, pushed, null, "synthetic probe"), new Finding(FoundBy.Webhook, push.Delivery, announcedAt), cancellationToken)
            : Task.CompletedTask;
    }
}
