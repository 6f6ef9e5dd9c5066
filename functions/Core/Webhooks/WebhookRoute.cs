namespace Cki;

/// <summary>Takes a route's messages.</summary>
public interface IRouteSink
{
    /// <summary>False: it was not taken.</summary>
    /// <param name="part">Tells apart the several messages of one delivery; empty for the only one.</param>
    Task<bool> SendAsync<T>(T message, string part)
        where T : class, IStageMessage<T>;
}

/// <summary>Where a delivery goes.</summary>
public abstract record WebhookRoute
{
    private WebhookRoute() { }

    /// <summary>All of its messages, whatever becomes of the others; true: each was taken.</summary>
    public abstract Task<bool> SendAsync(IRouteSink sink);

    public sealed record ToDetect(PushReceived Message) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => sink.SendAsync(Message, "");
    }

    /// <summary>Look at these trees: one poll each.</summary>
    public sealed record ToPoll(IReadOnlyList<PollRequested> Messages) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => EachAsync(Messages, poll => $"-{poll.Tree}", sink);
    }

    public sealed record JobToHerd(JobFinished Message) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => sink.SendAsync(Message, "");
    }

    public sealed record PipelineToHerd(PipelineChanged Message) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => sink.SendAsync(Message, "");
    }

    /// <summary>A pipeline of a watched project: somebody's run perhaps.</summary>
    /// <param name="Ended">Null while it has not.</param>
    public sealed record PipelineToDetect(PipelineSeen Message, PipelineChanged? Ended) : WebhookRoute
    {
        public override async Task<bool> SendAsync(IRouteSink sink)
        {
            bool isSent = await sink.SendAsync(Message, "-seen");
            return Ended is null ? isSent : await sink.SendAsync(Ended, "") && isSent;
        }
    }

    public sealed record MergeRequestToDetect(MergeRequestChanged Message) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => sink.SendAsync(Message, "");
    }

    /// <summary>A note that speaks to our bot.</summary>
    public sealed record NoteToReport(NoteSeen Message) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => sink.SendAsync(Message, "");
    }

    /// <summary>Another system's alerts: each is a notice.</summary>
    public sealed record AlertsToReport(IReadOnlyList<NoticeRaised> Messages) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => EachAsync(Messages, notice => $"-{notice.Key}", sink);
    }

    /// <summary>Operators must know.</summary>
    public sealed record ToOperators(NoticeRaised Message) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => sink.SendAsync(Message, "");
    }

    /// <summary>Archived and done.</summary>
    public sealed record Nowhere(string Reason) : WebhookRoute
    {
        public override Task<bool> SendAsync(IRouteSink sink) => Task.FromResult(true);
    }

    private static async Task<bool> EachAsync<T>(IReadOnlyList<T> messages, Func<T, string> part, IRouteSink sink)
        where T : class, IStageMessage<T>
    {
        bool isSent = true;
        foreach (T message in messages)
            isSent &= await sink.SendAsync(message, part(message));
        return isSent;
    }
}
