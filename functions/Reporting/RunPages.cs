using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>
/// Keeps a run's page, its JSON and its line of the indexes up with the run's records. Four objects are written at most, the JSON last: while it is old,
/// a rewrite of the indexes was perhaps not asked for.
/// </summary>
public sealed class RunPages(SuitePorts ports, BoardIndexer index, ILogger log)
{
    private const int JobsMax = 500;
    private const int DeliveriesMax = 100;

    private readonly BoardStore _board = new(ports);
    private readonly BoardChanges _changes = new(ports);
    private readonly BoardReading _reading = new(ports, log);

    /// <param name="anew">The indexes take it up even where nothing has changed.</param>
    public async Task RewriteAsync(RunId run, CancellationToken cancellationToken, bool anew = false)
    {
        if (ProbeTree.Is(run) || await FirstAsync(run, cancellationToken) is not { } first)
            return;
        string entry = BoardEntry.Of(first).Key;
        await _board.RewriteAsync([entry, BoardRun.PageKey(run), BoardRun.JsonKey(run)], (before, ct) => RenderAsync(first, anew ? null : Told(before[BoardRun.JsonKey(run)]), ct), cancellationToken);
    }

    /// <summary>What tells the key of its line, which stays: a commit that was skipped and is a head later was detected twice. Null: there is no such run.</summary>
    private async Task<BoardRun?> FirstAsync(RunId run, CancellationToken cancellationToken)
    {
        if (await _reading.OneAsync(BoardRun.JsonKey(run), BoardJson.Default.BoardRun, cancellationToken) is { } shown)
            return shown;
        return await _reading.OneAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken) is { } detection
            ? new BoardRun(detection) { FirstSeenAt = detection.DetectedAt }
            : null;
    }

    private static BoardEntry? Told(StoredObject? json) => BoardStore.Read(json, BoardJson.Default.BoardRun) is { } old ? BoardEntry.Of(old) : null;

    /// <param name="told">What the indexes were told of it last; null: nothing.</param>
    private async Task<IReadOnlyList<BoardObject>> RenderAsync(BoardRun first, BoardEntry? told, CancellationToken cancellationToken)
    {
        RunId run = first.Detection.Run;
        RunDetection detection = await _reading.OneAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken) ?? first.Detection;
        BoardRun shown = await ShownAsync(detection, cancellationToken) with { FirstSeenAt = first.FirstSeenAt ?? first.Detection.DetectedAt };
        BoardEntry entry = BoardEntry.Of(shown);
        return
        [
            new BoardObject(entry.Key, JsonSerializer.SerializeToUtf8Bytes(entry, BoardJson.Default.BoardEntry)),
            .. entry == told ? (BoardObject[])[] : [_changes.OfRun(entry) with { Then = index.NudgeAsync }],
            new BoardObject(BoardRun.PageKey(run), Encoding.UTF8.GetBytes(RunPage.Of(shown))),
            new BoardObject(BoardRun.JsonKey(run), JsonSerializer.SerializeToUtf8Bytes(shown, BoardJson.Default.BoardRun)),
        ];
    }

    private async Task<BoardRun> ShownAsync(RunDetection detection, CancellationToken cancellationToken)
    {
        RunPipeline? pipeline = await _reading.OneAsync(RunIds.PipelineKey(detection.Run), DocumentJson.Default.RunPipeline, cancellationToken);
        var jobs = new List<JobRecord>();
        foreach (PipelineRef tested in (pipeline?.Attempts ?? []).Select(a => a.Pipeline).OfType<PipelineRef>())
            jobs.AddRange(await _reading.UnderAsync(JobRecord.Prefix(tested), JobsMax, DocumentJson.Default.JobRecord, cancellationToken));
        return new BoardRun(detection)
        {
            Pipeline = pipeline,
            Jobs = [.. jobs.OrderBy(j => j.Name, StringComparer.Ordinal).ThenBy(j => j.Pipeline.Id)],
            Deliveries = await _reading.UnderAsync(ReportDelivery.Prefix(detection.Run), DeliveriesMax, DocumentJson.Default.ReportDelivery, cancellationToken),
        };
    }
}
