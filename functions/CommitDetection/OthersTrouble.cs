namespace Cki.CommitDetection;

/// <summary>Tells operators of trees whose merge requests and pipelines cannot be looked at, once they have waited long enough.</summary>
internal sealed class OthersTrouble(SuitePorts ports)
{
    private readonly Post _post = ports.PostFrom("commit-detection");

    public async Task NoteAsync(TreeConfig tree, TreeOthers known, string why, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        DateTimeOffset since = known.PollFailingSince ?? now;
        if (!PollPlan.IsNoticeable(tree, since, now))
            return;
        string text = $"Since {since:yyyy-MM-dd HH:mm} UTC no look at them succeeded: {why}\nWebhooks still count, but what they miss is found only when this works again.";
        await _post.SendAsync(new NoticeRaised(Key(tree), $"Merge requests and pipelines of others cannot be looked at for tree {tree.Name}", text), cancellationToken);
    }

    public async Task OverAsync(TreeConfig tree, TreeOthers known, CancellationToken cancellationToken)
    {
        if (PollPlan.IsNoticeable(tree, known.PollFailingSince, ports.Clock.GetUtcNow()))
            await _post.SendAsync(new NoticeRaised(Key(tree), $"Merge requests and pipelines of others can be looked at again for tree {tree.Name}", "", Recovered: true), cancellationToken);
    }

    private static string Key(TreeConfig tree) => $"others-{tree.Name}";
}
