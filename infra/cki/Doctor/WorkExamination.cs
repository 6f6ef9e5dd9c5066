using System.Globalization;

namespace Cki.Tool;

/// <summary>Looks at queues and store: what waits, what is set aside, what is held.</summary>
internal sealed class WorkExamination(OpenedInstallation installation)
{
    /// <summary>More than these are counted as so many.</summary>
    private const int KeysMax = 10_000;

    private readonly Documents _documents = installation.Documents;

    /// <param name="config">Null: could not be read; then trees are not looked at.</param>
    public async Task<WorkFact> LookAsync(SuiteConfig? config, CancellationToken cancellationToken)
    {
        (IReadOnlyList<QueueDepth>? queues, string? queuesTrouble) = await Examination.TryAsync(() => installation.QueuesAsync(cancellationToken));
        (WorkFact? work, string? storeTrouble) = await Examination.TryAsync(() => StoreAsync(config, cancellationToken));
        return (work ?? new WorkFact { StoreTrouble = storeTrouble }) with { Queues = queues, QueuesTrouble = queuesTrouble };
    }

    private async Task<WorkFact> StoreAsync(SuiteConfig? config, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeadLetter> dead = await AllAsync("dead/", DocumentJson.Default.DeadLetter, cancellationToken);
        IReadOnlyList<SpilledMessage> spilled = await AllAsync(SpilledMessage.Prefix, DocumentJson.Default.SpilledMessage, cancellationToken);
        IReadOnlyList<string> due = await _documents.KeysAsync(DueMarker.Prefix, 1, cancellationToken);
        return new WorkFact
        {
            DeadLetters = dead.Count,
            DeadLettersParked = dead.Count(d => d.Parked),
            Spilled = spilled.Count,
            OldestSpilled = spilled.Count == 0 ? null : spilled.Min(s => s.SpilledAt),
            OldestDue = due.Count == 0 ? null : MinuteOf(due[0]),
            Switches = await AllAsync(Switch.Prefix, DocumentJson.Default.Switch, cancellationToken),
            Trees = await TreesAsync(config, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<TreeFact>> TreesAsync(SuiteConfig? config, CancellationToken cancellationToken)
    {
        var trees = new List<TreeFact>();
        foreach (TreeConfig tree in config?.Trees ?? [])
            trees.Add(new TreeFact(tree, (await _documents.GetAsync(TreeHeads.Key(tree.Name), DocumentJson.Default.TreeHeads, cancellationToken))?.Value));
        return trees;
    }

    private async Task<IReadOnlyList<T>> AllAsync<T>(
        string prefix, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        foreach (string key in await _documents.KeysAsync(prefix, KeysMax, cancellationToken))
        {
            if (await _documents.GetAsync(key, type, cancellationToken) is { } found)
                all.Add(found.Value);
        }
        return all;
    }

    private static DateTimeOffset? MinuteOf(string key) =>
        DateTimeOffset.TryParseExact(
            key.Split('/')[1], "yyyyMMddHHmm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at
            : null;
}
