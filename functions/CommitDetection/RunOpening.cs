using Microsoft.Extensions.Logging;

namespace Cki.CommitDetection;

/// <summary>Turns a head into a run: due marker, record, message. The head is advanced only after that, by the caller.</summary>
internal sealed class RunOpening(SuitePorts ports, ILogger log)
{
    /// <summary>How long a run may stay without its pipeline's flow before it is sent on again.</summary>
    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);

    private readonly Post _post = ports.PostFrom("commit-detection");

    /// <summary>Idempotent: a run that exists is sent on again, since its presence is not progress.</summary>
    public async Task<RunId> OpenAsync(TreeConfig tree, HeadDecision.Test head, Finding finding, CancellationToken cancellationToken)
    {
        var detection = new RunDetection(RunIds.Of(tree.Name, head.Branch, head.Sha), tree.Name, head.Branch, head.Sha, finding.By, ports.Clock.GetUtcNow())
        {
            Previous = head.Previous, Title = head.Title, Delivery = finding.Delivery, AppearedAt = finding.AppearedAt,
        };
        await OpenAsync(detection, cancellationToken);
        return detection.Run;
    }

    /// <summary>Likewise for a commit of any other origin.</summary>
    public async Task OpenAsync(RunDetection wanted, CancellationToken cancellationToken)
    {
        RunDetection detection = wanted with { ConfigHash = ports.Config.Current.Hash };
        using IDisposable? trail = Trail.With(of => (of with { Sha = null, Tree = null }).About(detection));
        var message = new CommitDetected(detection.Run);
        string due = await ports.Due.PlaceAsync(_post.Marker("detect", detection.Run.Value, detection.DetectedAt + DueAfter, message), cancellationToken);
        if (await RecordAsync(detection, cancellationToken))
        {
            if (!ProbeTree.Is(detection.Run))
                Count(detection);
            DetectionLog.Detected(log, detection.Tree, detection.Branch, detection.Sha, detection.Run, detection.FoundBy);
        }
        else
        {
            DetectionLog.SentAgain(log, detection.Tree, detection.Branch, detection.Sha, detection.Run);
        }
        await _post.SendAsync(message, cancellationToken, due);
        // After what matters: it is shown though its pipeline may have to wait.
        await _post.SendAsync(new RunChanged(detection.Run), cancellationToken);
    }

    private static void Count(RunDetection detection)
    {
        var foundBy = new KeyValuePair<string, object?>("found_by", detection.FoundBy.ToString().ToLowerInvariant());
        SuiteMetrics.CommitsDetected.Add(1, foundBy, new("tree", detection.Tree.Value));
        if (detection.AppearedAt is { } appeared)
            SuiteMetrics.PushToDetection.Record((detection.DetectedAt - appeared).TotalSeconds, foundBy);
    }

    /// <summary>Notes a commit that is seen and not tested, with the reason. One under test stays under test.</summary>
    public async Task SkipAsync(RunDetection seen, string reason, CancellationToken cancellationToken)
    {
        RunDetection skipped = seen with { State = DetectionState.Skipped, Reason = reason, ConfigHash = ports.Config.Current.Hash };
        if (await ports.Documents.CreateAsync(RunIds.DetectionKey(seen.Run), skipped, DocumentJson.Default.RunDetection, cancellationToken))
            await _post.SendAsync(new RunChanged(seen.Run), cancellationToken);
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
