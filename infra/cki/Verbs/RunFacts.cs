using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary>What the store knows of one run.</summary>
internal sealed record RunFacts(RunDetection Detection, RunPipeline? Pipeline)
{
    private const int KeysMax = 200_000;

    public string Standing => this switch
    {
        { Detection.State: DetectionState.Covered } => $"covered by {Detection.CoveredBy}",
        { Detection.State: DetectionState.Skipped } => $"skipped: {Common.Plain(Detection.Reason)}",
        { Detection.State: DetectionState.Waiting } => $"waiting: {Common.Plain(Detection.Reason)}",
        { Pipeline: null } => "detected",
        { Pipeline.Latest.Result: { } result } => result.Verdict.ToString().ToLowerInvariant(),
        { Pipeline: { } pipeline } => pipeline.Latest.State.ToString().ToLowerInvariant(),
    };

    public static async Task<IReadOnlyList<RunFacts>> ListAsync(Documents documents, string? tree, int most, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await documents.KeysAsync("runs/", KeysMax, cancellationToken);
        var runs = new List<RunFacts>();
        foreach (string key in keys.Where(k => k.EndsWith("/detection.json", StringComparison.Ordinal) && (tree == ProbeTree.Name.Value || ProbeTree.PushedAt(k) is null)))
        {
            RunFacts? run = await ReadAsync(documents, key, cancellationToken);
            if (run is not null && (tree is null || run.Detection.Tree.Value == tree))
                runs.Add(run);
        }
        return [.. runs.OrderByDescending(r => r.Detection.DetectedAt).ThenBy(r => r.Detection.Run.Value, StringComparer.Ordinal).Take(most)];
    }

    /// <summary>Throws <see cref="BadInputException"/> when no run, or more than one, begins so.</summary>
    public static async Task<RunFacts> FindAsync(Documents documents, string beginning, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await documents.KeysAsync($"runs/{beginning}", KeysMax, cancellationToken);
        string[] found = [.. keys.Where(k => k.EndsWith("/detection.json", StringComparison.Ordinal))];
        return found.Length switch
        {
            0 => throw new BadInputException($"no run begins with '{beginning}'; see cki run list"),
            1 => await ReadAsync(documents, found[0], cancellationToken) ?? throw new BadInputException($"{found[0]} is gone"),
            _ => throw new BadInputException($"{found.Length} runs begin with '{beginning}': {string.Join(", ", found.Take(5).Select(k => k.Split('/')[1]))}"),
        };
    }

    public async Task<IReadOnlyList<JobRecord>> JobsAsync(Documents documents, CancellationToken cancellationToken)
    {
        var jobs = new List<JobRecord>();
        foreach (PipelineRef pipeline in (Pipeline?.Attempts ?? []).Select(a => a.Pipeline).OfType<PipelineRef>())
        {
            foreach (string key in await documents.KeysAsync(JobRecord.Prefix(pipeline), 10_000, cancellationToken))
            {
                if (await documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } job)
                    jobs.Add(job.Value);
            }
        }
        return [.. jobs.OrderBy(j => j.Attempts.Count > 0 ? j.Attempts[0].JobId : 0)];
    }

    public async Task<IReadOnlyList<ReportDelivery>> ReportsAsync(Documents documents, CancellationToken cancellationToken)
    {
        var reports = new List<ReportDelivery>();
        foreach (string key in await documents.KeysAsync($"reported/{Detection.Run}/", 1000, cancellationToken))
        {
            if (await documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken) is { } report)
                reports.Add(report.Value);
        }
        return reports;
    }

    public string Line() =>
        $"{Detection.DetectedAt:yyyy-MM-dd HH:mm:ss}  {Standing,-16} {Detection.Tree}/{Common.Plain(Detection.Branch)} {Detection.Sha.Short}  {Detection.Run}  {Common.Plain(Detection.Title)}".TrimEnd();

    public JsonObject ToJson() => new()
    {
        ["run"] = Detection.Run.Value,
        ["standing"] = Standing,
        ["detection"] = JsonSerializer.SerializeToNode(Detection, DocumentJson.Default.RunDetection),
        ["pipeline"] = Pipeline is null ? null : JsonSerializer.SerializeToNode(Pipeline, DocumentJson.Default.RunPipeline),
    };

    private static async Task<RunFacts?> ReadAsync(Documents documents, string detectionKey, CancellationToken cancellationToken)
    {
        Document<RunDetection>? detection = await documents.GetAsync(detectionKey, DocumentJson.Default.RunDetection, cancellationToken);
        if (detection is null)
            return null;
        Document<RunPipeline>? pipeline = await documents.GetAsync(
            RunIds.PipelineKey(detection.Value.Run), DocumentJson.Default.RunPipeline, cancellationToken);
        return new RunFacts(detection.Value, pipeline?.Value);
    }
}
