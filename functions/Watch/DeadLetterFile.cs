using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Files dead letters and returns them: see <see cref="Circulation"/>.</summary>
internal sealed class DeadLetterFile(SuitePorts ports, SetAside aside, LetterNotices notices, ILogger log)
{
    public const string QueueSuffix = "-dead";

    private readonly Post _post = ports.PostFrom("watch");

    /// <summary>Due marker, file, notice; then the queue may forget it.</summary>
    public async Task FileAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        string queue = message.Queue[..^QueueSuffix.Length];
        DateTimeOffset now = ports.Clock.GetUtcNow();
        DeadLetter wanted = Circulation.File(message, queue, null, now);
        if (wanted.ReturnAt is { } at)
            await ports.Due.PlaceAsync(_post.Marker("dead", $"{queue}-{wanted.Id}", at, new DeadLetterDue(queue, wanted.Id)), cancellationToken);
        DeadLetter filed = await FileAsync(message, wanted, now, cancellationToken);
        SuiteMetrics.DeadLettersFiled.Add(1, new KeyValuePair<string, object?>("queue", queue));
        WatchLog.Filed(log, filed.Id, queue, filed.Rounds + 1, filed.ReturnAt);
        await notices.TellAsync(filed, cancellationToken);
    }

    public async Task ReturnAsync(DeadLetterDue due, ReceivedMessage message, CancellationToken cancellationToken)
    {
        string key = DeadLetter.KeyOf(due.Queue, due.Id);
        try
        {
            DeadLetter? letter = (await ports.Documents.GetAsync(key, DocumentJson.Default.DeadLetter, cancellationToken))?.Value;
            if (letter?.ReturnAt > ports.Clock.GetUtcNow())
            {
                // Its marker stays: it will be asked for again.
                WatchLog.NotReturned(log, due.Id, due.Queue, "it rests");
                return;
            }
            if (letter is null or { Parked: true })
                WatchLog.NotReturned(log, due.Id, due.Queue, letter is null ? "it is no longer filed" : "it is parked");
            else
                await ReturnAsync(key, letter, cancellationToken);
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(key, e.Message, cancellationToken);
        }
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task<DeadLetter> FileAsync(ReceivedMessage message, DeadLetter wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await ports.Documents.UpdateAsync(
                wanted.Key, DocumentJson.Default.DeadLetter, standing => Circulation.File(message, wanted.Queue, standing, now), cancellationToken) ?? wanted;
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(wanted.Key, e.Message, cancellationToken);
            await ports.Documents.PutAsync(wanted.Key, wanted, DocumentJson.Default.DeadLetter, cancellationToken);
            return wanted;
        }
    }

    private async Task ReturnAsync(string key, DeadLetter letter, CancellationToken cancellationToken)
    {
        await notices.ReturningAsync(letter, cancellationToken);
        await ports.Queue.SendAsync(Circulation.Return(letter), cancellationToken);
        await ports.Documents.DeleteAsync(key, cancellationToken);
        WatchLog.Returned(log, letter.Id, letter.Queue);
    }
}
