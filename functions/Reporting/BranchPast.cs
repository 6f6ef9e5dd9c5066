namespace Cki.Reporting;

/// <summary>What became of a branch's runs before, from their records: each names the head before its own. Pipelines that others started name none.</summary>
internal sealed class BranchPast(SuitePorts ports)
{
    /// <summary>Runs that are walked back over; most of them were covered or superseded.</summary>
    private const int StepsMost = 30;

    private const int ThreadMost = 10;
    private const int DeliveriesMax = 100;

    /// <summary>Verdict of the last run before that passed or failed; null: none, or none that is known.</summary>
    public async Task<Verdict?> VerdictAsync(RunDetection run, CancellationToken cancellationToken) =>
        (await BeforeAsync(run, cancellationToken))?.Verdict;

    /// <summary>Message-IDs of the channel's reports of the runs before that failed, back to the first of them, oldest first.</summary>
    public async Task<IReadOnlyList<string>> FailingAsync(RunDetection run, string channel, CancellationToken cancellationToken)
    {
        var thread = new List<string>();
        RunDetection at = run;
        while (thread.Count < ThreadMost && await BeforeAsync(at, cancellationToken) is { Verdict: Verdict.Failed } before)
        {
            if (await SentAsync(before.Run.Run, channel, cancellationToken) is { } id)
                thread.Insert(0, id);
            at = before.Run;
        }
        return thread;
    }

    private async Task<Past?> BeforeAsync(RunDetection run, CancellationToken cancellationToken)
    {
        RunDetection at = run;
        for (int steps = 0; steps < StepsMost && at.Previous is { } previous; steps++)
        {
            RunId id = RunIds.Of(at.Tree, at.PreviousBranch ?? at.Branch, previous);
            if (await ports.Documents.GetAsync(RunIds.DetectionKey(id), DocumentJson.Default.RunDetection, cancellationToken) is not { Value: var found })
                return null;
            Document<RunPipeline>? tested = await ports.Documents.GetAsync(RunIds.PipelineKey(id), DocumentJson.Default.RunPipeline, cancellationToken);
            RunResult? result = tested?.Value.Attempts.LastOrDefault(a => a.Result is not null)?.Result;
            if (result?.Verdict is Verdict.Passed or Verdict.Failed)
                return new Past(found, result.Verdict);
            at = found;
        }
        return null;
    }

    private async Task<string?> SentAsync(RunId run, string channel, CancellationToken cancellationToken)
    {
        ReportDelivery? last = null;
        foreach (string key in await ports.Documents.KeysAsync($"{ReportDelivery.Prefix(run)}{channel}/", DeliveriesMax, cancellationToken))
        {
            ReportDelivery? one = (await ports.Documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken))?.Value;
            if (one is { State: DeliveryState.Sent, PeerId: not null } && (last is null || one.SentAt > last.SentAt))
                last = one;
        }
        return last?.PeerId;
    }

    private sealed record Past(RunDetection Run, Verdict Verdict);
}
