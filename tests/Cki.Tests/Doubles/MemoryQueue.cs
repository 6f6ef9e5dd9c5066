namespace Cki.Tests.Doubles;

/// <summary>Records what is sent; delivers nothing by itself.</summary>
public sealed class MemoryQueue : IMessageQueue
{
    private int _received;

    public List<OutgoingMessage> Sent { get; } = [];

    /// <summary>Throw here: the message was never taken.</summary>
    public Action<OutgoingMessage>? Before { get; set; }

    /// <summary>Throw here: the message was taken, the answer lost.</summary>
    public Action<OutgoingMessage>? After { get; set; }

    public Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        try
        {
            Before?.Invoke(message);
            MustStandInTheRunbook(message);
            Sent.Add(message);
            After?.Invoke(message);
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    /// <summary>The messages of one type sent so far, in order.</summary>
    public IReadOnlyList<T> Messages<T>()
        where T : class, IStageMessage<T> =>
        [.. Sent.Select(m => CloudEvent.Parse(m.Body)).Where(e => e.Type == T.TypeName).Select(e => e.Read<T>())];

    /// <summary>Takes everything sent so far, as a consumer would receive it.</summary>
    public IReadOnlyList<ReceivedMessage> Drain(DateTimeOffset now = default)
    {
        ReceivedMessage[] all = [.. Sent.Select(m => Received(m, now))];
        Sent.Clear();
        return all;
    }

    public ReceivedMessage Received(OutgoingMessage message, DateTimeOffset now = default) =>
        new($"m{++_received}", message.Queue, message.Body, message.Group, 1, now) { Attributes = message.Attributes };

    /// <summary>A notice that says nothing of what to do is not sent: whichever test raises it first finds it.</summary>
    private static void MustStandInTheRunbook(OutgoingMessage message)
    {
        if (!message.Body.Contains(NoticeRaised.TypeName, StringComparison.Ordinal))
            return;
        CloudEvent told = CloudEvent.Parse(message.Body);
        if (told.Type == NoticeRaised.TypeName && Runbook.EntryOf(told.Read<NoticeRaised>().Key) is null)
            throw new InvalidOperationException($"notice '{told.Read<NoticeRaised>().Key}' has no entry in Runbook.Notices and infra/runbook.md");
    }
}
