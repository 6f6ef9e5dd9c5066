using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Turns a head into a run: due marker, record, message. The head is advanced only after that, by the caller.</summary>
internal sealed class RunOpening(SuitePorts ports, ILogger log)
{
    /// <summary>How long a run may stay without its pipeline's flow before it is sent on again.</summary>
    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);

    private readonly Post _post = ports.PostFrom("commit-detection");

    /// <summary>Idempotent: a run that exists is sent on again, since its presence is not progress.</summary>
    public async Task<RunId> OpenAsync(TreeConfig tree, HeadDecision.Test head, FoundBy foundBy, string? delivery, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        RunId run = RunIds.Of(tree.Name, head.Branch, head.Sha);
        var message = new CommitDetected(run);
        string due = await ports.Due.PlaceAsync(_post.Marker("detect", run.Value, now + DueAfter, message), cancellationToken);
        var detection = new RunDetection(run, tree.Name, head.Branch, head.Sha, foundBy, now)
        {
            Previous = head.Previous, Title = head.Title, Delivery = delivery, ConfigHash = ports.Config.Current.Hash,
        };
        if (await RecordAsync(detection, cancellationToken))
        {
            SuiteMetrics.CommitsDetected.Add(1, new KeyValuePair<string, object?>("found_by", foundBy.ToString().ToLowerInvariant()));
            DetectionLog.Detected(log, tree.Name, head.Branch, head.Sha, run, foundBy);
        }
        else
        {
            DetectionLog.SentAgain(log, tree.Name, head.Branch, head.Sha, run);
        }
        await _post.SendAsync(message, cancellationToken, due);
        return run;
    }

    /// <summary>True when the run is new, or was covered or skipped before and is a head now.</summary>
    private async Task<bool> RecordAsync(RunDetection detection, CancellationToken cancellationToken)
    {
        string key = RunIds.DetectionKey(detection.Run);
        if (await ports.Documents.CreateAsync(key, detection, DocumentJson.Default.RunDetection, cancellationToken))
            return true;
        bool isRevived = false;
        await ports.Documents.UpdateAsync(key, DocumentJson.Default.RunDetection, existing =>
        {
            isRevived = existing is not { State: DetectionState.Detected };
            return isRevived ? detection : existing;
        }, cancellationToken);
        return isRevived;
    }
}
