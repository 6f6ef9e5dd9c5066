namespace Cki.JobHerding;

/// <summary>The failures that runs have seen, by signature: one that was there before is nobody's news.</summary>
internal sealed class Failures(Parents parents, SuitePorts ports)
{
    /// <summary>Of one signature; more than that is an outage of its own kind, and the oldest tell enough.</summary>
    private const int EventsMax = 200;

    private readonly Documents _documents = ports.Documents;

    /// <summary>Notes the failure before its decision is recorded, and answers the decision as what is known leaves it.</summary>
    public async Task<HerdDecision> JudgeAsync(OurPipeline ours, string job, HerdDecision made, CancellationToken cancellationToken)
    {
        if (ours.Detection is not { } run || KnownFailures.SignatureOf(made) is not { } signature)
            return made;
        DateTimeOffset now = ports.Clock.GetUtcNow();
        (KnownFailure? known, run) = await FindAsync(run, await SeenAsync(signature, cancellationToken), now, cancellationToken);
        var seen = new KnownFailure(signature, run.Tree, run.Branch, run.Run, run.Sha, job, made.Quote[0], now, known?.Since ?? now);
        await _documents.CreateAsync(KnownFailure.Key(signature, run.Tree, run.Run), seen, DocumentJson.Default.KnownFailure, cancellationToken);
        return known is null ? made : KnownFailures.Judge(made, run, known);
    }

    /// <summary>The failure that was there before, and the run as seen from the parent that had it.</summary>
    private async Task<(KnownFailure? Known, RunDetection Run)> FindAsync(
        RunDetection run, IReadOnlyList<KnownFailure> seen, DateTimeOffset now, CancellationToken cancellationToken)
    {
        KnownFailure? known = KnownFailures.Of(run, BaseOf(run.Tree), seen, now);
        // Git is asked only where one of its answers could matter: a commit of this tree failed like this.
        if (known is not null || !seen.Any(f => f.Tree == run.Tree && f.Sha != run.Sha))
            return (known, run);
        foreach (RunDetection asSeen in (await parents.InGitAsync(run, cancellationToken)).Select(p => run with { Previous = p }))
        {
            if (KnownFailures.Of(asSeen, null, seen, now) is { } ofParent)
                return (ofParent, asSeen);
        }
        return (null, run);
    }

    private string? BaseOf(TreeName tree) => ports.Config.Current.Tree(tree)?.BaseBranch;

    private async Task<IReadOnlyList<KnownFailure>> SeenAsync(string signature, CancellationToken cancellationToken)
    {
        var seen = new List<KnownFailure>();
        foreach (string key in await _documents.KeysAsync(KnownFailure.Prefix(signature), EventsMax, cancellationToken))
        {
            if (await _documents.GetAsync(key, DocumentJson.Default.KnownFailure, cancellationToken) is { } found)
                seen.Add(found.Value);
        }
        return seen;
    }
}
