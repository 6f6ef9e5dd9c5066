using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Keeps a run's page, its JSON and its line of the index up with the run's records. Four objects are written at most.</summary>
public sealed class RunPages(SuitePorts ports, BoardIndexer index, ILogger log)
{
    private const int JobsMax = 500;
    private const int DeliveriesMax = 100;

    private readonly BoardStore _board = new(ports);

    public async Task RewriteAsync(RunId run, CancellationToken cancellationToken)
    {
        Document<RunDetection>? detection = await ports.Documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken);
        if (detection is null || ProbeTree.Is(run))
            return;
        // When it was detected never changes, so neither does the key of its line.
        string entry = BoardEntry.Of(new BoardRun(detection.Value)).Key;
        await _board.RewriteAsync([BoardRun.PageKey(run), BoardRun.JsonKey(run), entry, BoardStyle.Key], ct => RenderAsync(detection.Value, ct), cancellationToken);
        await index.NudgeAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<BoardObject>> RenderAsync(RunDetection detection, CancellationToken cancellationToken)
    {
        RunId run = detection.Run;
        RunPipeline? pipeline = (await ports.Documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken))?.Value;
        var jobs = new List<JobRecord>();
        foreach (PipelineRef tested in (pipeline?.Attempts ?? []).Select(a => a.Pipeline).OfType<PipelineRef>())
            jobs.AddRange(await ReadAllAsync(JobRecord.Prefix(tested), JobsMax, DocumentJson.Default.JobRecord, cancellationToken));
        var shown = new BoardRun(detection)
        {
            Pipeline = pipeline,
            Jobs = [.. jobs.OrderBy(j => j.Name, StringComparer.Ordinal).ThenBy(j => j.Pipeline.Id)],
            Deliveries = await ReadAllAsync(ReportDelivery.Prefix(run), DeliveriesMax, DocumentJson.Default.ReportDelivery, cancellationToken),
        };
        BoardEntry entry = BoardEntry.Of(shown);
        return
        [
            new BoardObject(BoardRun.PageKey(run), Encoding.UTF8.GetBytes(RunPage.Of(shown))),
            new BoardObject(BoardRun.JsonKey(run), JsonSerializer.SerializeToUtf8Bytes(shown, BoardJson.Default.BoardRun)),
            new BoardObject(entry.Key, JsonSerializer.SerializeToUtf8Bytes(entry, BoardJson.Default.BoardEntry)),
            new BoardObject(BoardStyle.Key, Encoding.UTF8.GetBytes(BoardStyle.Css)),
        ];
    }

    private async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        string prefix, int most, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        foreach (string key in await ports.Documents.KeysAsync(prefix, most, cancellationToken))
        {
            try
            {
                if (await ports.Documents.GetAsync(key, type, cancellationToken) is { } found)
                    all.Add(found.Value);
            }
            catch (UnreadableDocumentException e)
            {
                // The board is optional and shows what it can; the record's owner reports its own trouble.
                log.SetAside(e.Message);
            }
        }
        return all;
    }
}
