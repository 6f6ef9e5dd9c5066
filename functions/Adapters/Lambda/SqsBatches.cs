using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>ChangeMessageVisibility: the record comes again after <paramref name="pause"/> (0 to 12 h), instead of after the queue's own time-out.</summary>
public delegate Task HideMessage(string queueUrl, string receiptHandle, TimeSpan pause, CancellationToken cancellationToken);

/// <summary>
/// The batch loop of every queue. A record counts as failed until its handler has returned, so that no early exit can lose one; the answer names the
/// failed ones and SQS deletes the rest. Groups run side by side, the records of one group in turn. What can no longer be finished in time is given
/// back without being started.
/// </summary>
/// <remarks>Every receive counts towards the queue's maxReceiveCount, also that of a record given back unstarted.</remarks>
public sealed class SqsBatches(IReadOnlyDictionary<string, MessageHandler> handlers, SqsSources sources, HideMessage hide, BatchTools tools)
{
    /// <summary>Groups side by side: handlers mostly wait for GitLab and S3, and a Lambda has one or two cores.</summary>
    private const int LanesMax = 4;

    /// <summary>No record is started in the last quarter of the time, nor with less time left than one before it took.</summary>
    private const int StartReserveShare = 4;

    /// <param name="prepare">What must succeed before any record is started; where it throws, all have failed.</param>
    /// <remarks>Throws <see cref="UnreadableMessageException"/> for a batch that cannot be answered: a record without an id.</remarks>
    public async Task<SQSBatchResponse> RunAsync(SQSEvent batch, InvocationScope scope, Func<CancellationToken, Task> prepare)
    {
        Entry[] entries = [.. (batch.Records ?? []).Select(record => new Entry(record))];
        if (entries.Any(entry => string.IsNullOrEmpty(entry.Record.MessageId)))
            throw new UnreadableMessageException("a record of the batch has no messageId, so that its failure could not be told");
        var lanes = new Queue<Entry[]>(entries.GroupBy(entry => SqsRecords.Lane(entry.Record)).Select(lane => lane.ToArray()));
        Task ready = PreparedAsync(prepare, scope);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(LanesMax, lanes.Count)).Select(_ => WorkAsync(lanes, ready, scope)));
        return new SQSBatchResponse(
        [
            .. entries.Where(entry => !entry.IsDone).Select(entry => entry.Record.MessageId!).Distinct(StringComparer.Ordinal)
                .Select(id => new SQSBatchResponse.BatchItemFailure(id)),
        ]);
    }

    private async Task WorkAsync(Queue<Entry[]> lanes, Task ready, InvocationScope scope)
    {
        TimeSpan slowest = scope.WorkTime / StartReserveShare;
        while (Next(lanes) is { } lane)
        {
            foreach (Entry entry in lane)
            {
                TimeSpan left = scope.WorkLeft;
                if (left < slowest)
                    await GiveBackAsync(entry, scope);
                else
                    await RunAsync(entry, ready, scope);
                TimeSpan took = left - scope.WorkLeft;
                slowest = took > slowest ? took : slowest;
            }
        }
    }

    private static async Task PreparedAsync(Func<CancellationToken, Task> prepare, InvocationScope scope) => await scope.WithinAsync(prepare(scope.Work));

    private static Entry[]? Next(Queue<Entry[]> lanes)
    {
        lock (lanes)
            return lanes.TryDequeue(out Entry[]? lane) ? lane : null;
    }

    private async Task RunAsync(Entry entry, Task ready, InvocationScope scope)
    {
        SQSEvent.SQSMessage record = entry.Record;
        using IDisposable trail = Trail.Begin(TrailReading.OfBody(record.Body ?? "", record.MessageId!));
        try
        {
            await ready;
            SqsSource source = sources.Find(record.EventSourceArn)
                ?? throw new UnreadableMessageException($"the environment names no queue for '{record.EventSourceArn}'");
            MessageHandler handler = handlers.GetValueOrDefault(source.Queue)
                ?? throw new UnreadableMessageException($"this function does not serve queue {source.Queue}");
            await scope.WithinAsync(handler(SqsRecords.Read(record, source.Queue), scope.Work));
            entry.IsDone = true;
        }
#pragma warning disable CA1031 // The batch loop is one of the house's three catch-alls: whatever a handler throws fails its record alone.
        catch (Exception e)
#pragma warning restore CA1031
        {
            int receives = SqsRecords.Receives(record);
            TimeSpan pause = tools.Dice.Jitter("lambda.give-back", GiveBack.PauseAfter(receives));
            AdaptersLog.RecordFailed(tools.Log, receives < BatchTools.ErrorFromReceive ? LogLevel.Warning : LogLevel.Error, e, record.MessageId!, receives, pause);
            await HideAsync(record, pause, scope);
        }
    }

    private Task GiveBackAsync(Entry entry, InvocationScope scope)
    {
        AdaptersLog.RecordGivenBack(tools.Log, entry.Record.MessageId!, scope.WorkLeft);
        return HideAsync(entry.Record, TimeSpan.Zero, scope);
    }

    private async Task HideAsync(SQSEvent.SQSMessage record, TimeSpan pause, InvocationScope scope)
    {
        if (sources.Find(record.EventSourceArn) is not { } source || record.ReceiptHandle is not { } handle)
            return;
        try
        {
            await hide(source.Url, handle, pause, scope.Housekeeping).WaitAsync(scope.Housekeeping);
        }
#pragma warning disable CA1031 // Still the batch loop: the queue's own time-out brings the record back.
        catch (Exception e)
#pragma warning restore CA1031
        {
            AdaptersLog.RecordNotHidden(tools.Log, e, record.MessageId!);
        }
    }

    private sealed class Entry(SQSEvent.SQSMessage record)
    {
        public SQSEvent.SQSMessage Record => record;

        public bool IsDone { get; set; }
    }
}

/// <summary>What the batch loop speaks and rolls with.</summary>
public sealed record BatchTools(ILogger Log, Dice Dice)
{
    /// <summary>The first failures of a record are everyday; from this receive on they are errors, which operators see.</summary>
    public const int ErrorFromReceive = 3;
}
