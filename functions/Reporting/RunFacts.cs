using System.Globalization;

namespace Cki.Reporting;

/// <summary>What others recorded about a run, as a report needs it.</summary>
public sealed record RunRead(RunDetection Detection, RunPipeline Pipeline)
{
    public RunId Run => Detection.Run;

    /// <summary>Throws where there is none: every message names one that was recorded before.</summary>
    public RunAttempt Attempt(int number) =>
        Pipeline.Attempts.FirstOrDefault(a => a.Number == number)
        ?? throw new InvalidOperationException($"{Pipeline.Run} has no attempt {number.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>For an early report: what the herder's records say so far. Null: not read, or nothing.</summary>
    public RunResult? SoFar { get; init; }

    /// <summary>The result of the head before; null: not read, or none.</summary>
    public RunResult? Before { get; init; }

    /// <summary>For a correction: channels that were misled, in order.</summary>
    public IReadOnlyList<string> Misled { get; init; } = [];
}

/// <summary>Reads it.</summary>
public sealed class RunFacts(SuitePorts ports)
{
    private const int RecordsMax = 5000;
    private const int DeliveriesMax = 1000;

    private readonly Documents _documents = ports.Documents;

    public async Task<RunRead> ReadAsync(RunId run, CancellationToken cancellationToken)
    {
        Document<RunDetection>? detection = await _documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken);
        Document<RunPipeline>? pipeline = await _documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken);
        if (detection is null || pipeline is null)
            throw new InvalidOperationException($"{run}: no {(detection is null ? "detection" : "pipeline")} record to report from");
        Trail.Learn(detection.Value);
        return new RunRead(detection.Value, pipeline.Value);
    }

    public async Task<RunReport?> ReportAsync(RunId run, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(RunIds.ReportKey(run), DocumentJson.Default.RunReport, cancellationToken))?.Value;

    public async Task<ReportDelivery?> DeliveryAsync(RunId run, string channel, ReportKind kind, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(ReportDelivery.KeyOf(run, channel, kind.ToString()), DocumentJson.Default.ReportDelivery, cancellationToken))?.Value;

    /// <summary>All deliveries about the run, in order of channel and kind.</summary>
    public async Task<IReadOnlyList<ReportDelivery>> DeliveriesAsync(RunId run, CancellationToken cancellationToken)
    {
        var deliveries = new List<ReportDelivery>();
        foreach (string key in await _documents.KeysAsync(ReportDelivery.Prefix(run), DeliveriesMax, cancellationToken))
        {
            if (await _documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken) is { } found)
                deliveries.Add(found.Value);
        }
        return deliveries;
    }

    /// <summary>What failed on strong evidence so far, in all pipelines of the attempt that herding knows; null: nothing.</summary>
    public async Task<RunResult?> SoFarAsync(RunAttempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Pipeline is not { } top)
            return null;
        var records = new List<(JobRecord, string)>();
        PipelineState? state = await StateAsync(top, cancellationToken);
        foreach (PipelineRef pipeline in (state?.Downstream ?? []).Prepend(top).Distinct())
        {
            string path = pipeline == top ? "" : (await StateAsync(pipeline, cancellationToken))?.Path ?? "";
            foreach (string key in await _documents.KeysAsync(JobRecord.Prefix(pipeline), RecordsMax, cancellationToken))
            {
                if (await _documents.GetAsync(key, DocumentJson.Default.JobRecord, cancellationToken) is { } record)
                    records.Add((record.Value, path));
            }
        }
        return EarlyResults.Of(records);
    }

    /// <summary>The result of the head before, where it was tested.</summary>
    public async Task<RunResult?> BeforeAsync(RunDetection detection, CancellationToken cancellationToken)
    {
        if (detection.Previous is not { } previous)
            return null;
        RunId run = RunIds.Of(detection.Tree, detection.PreviousBranch ?? detection.Branch, previous);
        return (await _documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken))?.Value.Attempts.LastOrDefault(a => a.Result is not null)?.Result;
    }

    private async Task<PipelineState?> StateAsync(PipelineRef pipeline, CancellationToken cancellationToken) =>
        (await _documents.GetAsync(pipeline.Key, DocumentJson.Default.PipelineState, cancellationToken))?.Value;
}
