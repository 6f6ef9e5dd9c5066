namespace Cki.Tool;

/// <summary>Writes the records of what is known, and nothing that makes anybody act on what is over.</summary>
internal sealed class Rebuilding(OpenedInstallation installation, SuiteConfig config, KnownFromArchive archive, DateTimeOffset now)
{
    private readonly Documents _documents = installation.Documents;

    /// <summary>What exists already stays as it is: it knows more.</summary>
    public async Task WriteAsync(IReadOnlyList<KnownAttempt> known, CancellationToken cancellationToken)
    {
        foreach (IGrouping<RunId, KnownAttempt> run in known.GroupBy(k => k.Run))
        {
            KnownAttempt[] attempts = [.. run.OrderBy(k => k.Attempt)];
            KnownAttempt latest = attempts[^1];
            // Pipelines before the run: whoever finds the run finds them.
            foreach (KnownAttempt attempt in attempts)
                await _documents.CreateAsync(attempt.Pipeline.Ref.Key, State(attempt), DocumentJson.Default.PipelineState, cancellationToken);
            // Before the result: a settled run without its report's record would be reported.
            if (latest.IsOver)
                await _documents.CreateAsync(RunIds.ReportKey(run.Key), new RunReport(run.Key, latest.Attempt, []) { ClosedAt = now }, DocumentJson.Default.RunReport, cancellationToken);
            await _documents.CreateAsync(
                RunIds.PipelineKey(run.Key), new RunPipeline(run.Key) { Attempts = [.. attempts.Select(a => Attempt(a, a == latest))] }, DocumentJson.Default.RunPipeline, cancellationToken);
            await _documents.CreateAsync(RunIds.DetectionKey(run.Key), Detection(attempts[0]), DocumentJson.Default.RunDetection, cancellationToken);
            await installation.Post.SendAsync(new RunChanged(run.Key), cancellationToken);
            if (!latest.IsOver)
                await installation.AskAsync("run", RunIds.Execution(run.Key, latest.Attempt), new RunOverdue(run.Key, latest.Attempt), cancellationToken);
        }
    }

    /// <summary>The heads as they are now, so that the next look finds nothing new; those left out it will test.</summary>
    public Task WriteHeadsAsync(TreeConfig tree, IEnumerable<SeenHead> heads, CancellationToken cancellationToken)
    {
        var standing = new TreeHeads(tree.Name) { FirstSeenAt = now, PolledAt = now };
        foreach (SeenHead head in heads)
            standing.Branches[head.Branch] = new Head(head.Sha, now);
        return _documents.UpdateAsync(
            TreeHeads.Key(tree.Name), DocumentJson.Default.TreeHeads, current => current?.FirstSeenAt is null ? standing : current, cancellationToken);
    }

    private RunDetection Detection(KnownAttempt first) =>
        new(first.Run, first.Tree, first.Branch, first.Sha, FoundBy.Reconciliation, first.Pipeline.CreatedAt) { Title = archive.TitleOf(first.Sha), ConfigHash = config.Hash };

    private PipelineState State(KnownAttempt known) => new(known.Pipeline.Ref)
    {
        Run = known.Run, Attempt = known.Attempt, PostedAt = known.Pipeline.CreatedAt, SettledAt = known.IsOver ? now : null,
    };

    private RunAttempt Attempt(KnownAttempt known, bool isLatest)
    {
        var attempt = new RunAttempt(known.Attempt)
        {
            State = AttemptState.Running, Pipeline = known.Pipeline.Ref, WebUrl = known.Pipeline.WebUrl, StartedAt = known.Pipeline.CreatedAt, ProgressAt = now,
        };
        return known.IsOver || !isLatest ? attempt with { State = AttemptState.Settled, SettledAt = now, Result = Result(known) } : attempt;
    }

    /// <summary>Which failure was whose is lost with the records; nobody is blamed anew.</summary>
    private static RunResult Result(KnownAttempt known) => new(
        known.Pipeline.Status switch
        {
            GitLabStatus.Success => Verdict.Passed,
            GitLabStatus.Canceled => Verdict.Canceled,
            _ => Verdict.Undetermined,
        },
        $"Rebuilt from GitLab: pipeline {known.Pipeline.Ref.Id} was {known.Pipeline.Status} when the records were lost; its jobs were not judged again, nobody was told anew.");
}
