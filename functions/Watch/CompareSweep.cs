using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>The nightly pass over all runs, one page per tick, resumable.</summary>
internal sealed class CompareSweep(SuitePorts ports, SetAside aside, ILogger log)
{
    private const int PageKeys = 500;
    private const int MarkersMax = 20_000;
    private const string Runs = "runs/";
    private const string DetectionFile = "/detection.json";

    private readonly Post _post = ports.PostFrom("watch");

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        CompareProgress? standing = await ProgressAsync(cancellationToken);
        if (NightlyCompare.Pass(standing, now) is not { } pass)
            return;
        IReadOnlyList<string> page = await ports.Store.ListAsync(Runs, pass.After, PageKeys, cancellationToken);
        string[] runs = [.. page.Where(k => k.EndsWith(DetectionFile, StringComparison.Ordinal))];
        IReadOnlySet<string> markers = runs.Length == 0 ? new HashSet<string>() : await MarkersAsync(cancellationToken);
        foreach (string key in runs)
            await CompareAsync(key, markers, now, cancellationToken);
        CompareProgress next = pass with { After = page.Count > 0 ? page[^1] : pass.After, IsDone = page.Count < PageKeys };
        await ports.Documents.PutAsync(CompareProgress.Key, next, DocumentJson.Default.CompareProgress, cancellationToken);
    }

    private async Task<CompareProgress?> ProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await ports.Documents.GetAsync(CompareProgress.Key, DocumentJson.Default.CompareProgress, cancellationToken))?.Value;
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(CompareProgress.Key, e.Message, cancellationToken);
            return null;
        }
    }

    /// <summary>All markers as <c>kind/id</c>, whatever their date.</summary>
    private async Task<IReadOnlySet<string>> MarkersAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await ports.Documents.KeysAsync(DueMarker.Prefix, MarkersMax, cancellationToken);
        return keys.Select(k => k.Split('/', 4)).Where(p => p.Length == 4).Select(p => $"{p[2]}/{Uri.UnescapeDataString(p[3])}").ToHashSet();
    }

    private async Task CompareAsync(string key, IReadOnlySet<string> markers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.RunDetection, cancellationToken) is not { Value: var run })
                return;
            RunPipeline? pipeline = run.State != DetectionState.Detected
                ? null
                : (await ports.Documents.GetAsync(RunIds.PipelineKey(run.Run), DocumentJson.Default.RunPipeline, cancellationToken))?.Value;
            await ActAsync(run.Run, pipeline, NightlyCompare.Decide(run, pipeline, markers, now), now, cancellationToken);
        }
        catch (UnreadableDocumentException e)
        {
            // Not moved: another stage owns it.
            await aside.TellAsync(e.Key, $"{e.Message}\nThe run cannot go on until it is mended.", cancellationToken);
        }
    }

    private Task ActAsync(RunId run, RunPipeline? pipeline, CompareAct act, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (act == CompareAct.Leave)
            return Task.CompletedTask;
        WatchLog.Unwatched(log, run, act);
        return act == CompareAct.SendDetected
            ? SendAsync("detect", run.Value, new CommitDetected(run), now, cancellationToken)
            : SendAsync("run", RunIds.Execution(run, pipeline!.Latest.Number), new RunOverdue(run, pipeline.Latest.Number), now, cancellationToken);
    }

    private async Task SendAsync<T>(string kind, string id, T message, DateTimeOffset now, CancellationToken cancellationToken)
        where T : class, IStageMessage<T>
    {
        string due = await ports.Due.PlaceAsync(_post.Marker(kind, id, now + TimeSpan.FromMinutes(2), message), cancellationToken);
        await _post.SendAsync(message, cancellationToken, due);
    }
}
