using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>Where commits and pipelines are.</summary>
internal sealed record Remotes(GitLabClient GitLab, GitRefs Git);

/// <summary>Claims an attempt, posts its pipeline once, and records which one it is.</summary>
internal sealed class PipelinePoster(Remotes remotes, RunBook book, SuitePorts ports, ILogger log)
{
    /// <summary>A young commit that is not there may not be there yet: big git servers are many mirrors, which follow each other within minutes.</summary>
    public static readonly TimeSpan MirrorsLag = TimeSpan.FromMinutes(15);

    private readonly TriggerBudget _budget = new(ports);

    /// <summary>
    /// Why the commit cannot be tested any more; null where it is there, or where that cannot be told: then its pipeline tells. Asked before each
    /// POST, for a run may have been held for days.
    /// </summary>
    public async Task<string?> GoneAsync(RunDetection detection, TreeConfig tree, CancellationToken cancellationToken)
    {
        bool isOnGitLab = tree.Project is { } project && ports.Config.Current.Host(project.Host) is not null;
        bool? isThere;
        try
        {
            isThere = isOnGitLab
                ? await remotes.GitLab.HasCommitAsync(tree.Project!, detection.Sha, cancellationToken)
                : await remotes.Git.HasCommitAsync(tree.Url, detection.Sha, cancellationToken);
        }
        catch (Exception e) when (e is GitLabUnavailableException or GitLabRefusedException or SecretsUnavailableException)
        {
            return null;
        }
        return isThere == false
            ? $"vanished: {detection.Sha.Short} was the head of {SafeText.Line(detection.Branch, 200)} at {detection.DetectedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC and is not in the repository any more"
            : null;
    }

    /// <summary>Throws <c>Cki.Paused</c> when a budget of pipelines is spent for now, <c>Cki.Busy</c> when another claimed it, <c>GitLab.Refused</c> when GitLab says no; an unanswered POST leaves its claim standing.</summary>
    public async Task<PipelineShown> PostAsync(RunTask task, RunDetection detection, TreeConfig tree, CancellationToken cancellationToken)
    {
        await _budget.TakeAsync(task, tree, cancellationToken);
        RunAttempt claimed = await ClaimAsync(task, cancellationToken);
        IReadOnlyList<KeyValuePair<string, string>> values = PipelineValues.Of(tree, detection, task.Attempt, claimed.Fallback);
        if (!Starting.MayStillPost(claimed.ClaimedAt!.Value, book.Now))
            throw new FlowTaskException(ErrorNames.Busy, $"Run {task.Run}: held up since it was claimed at {claimed.ClaimedAt:O}");
        TreePipeline to = tree.Pipeline;
        PipelineCreation creation = await remotes.GitLab.CreatePipelineAsync(to.Project, to.GitRef, values, to.CommitTo, cancellationToken);
        if (creation is PipelineCreation.Refused refused)
            throw new FlowTaskException(ErrorNames.GitLabRefused, $"Cannot start a pipeline for {task.Run} on {to.Project}@{to.GitRef}: {refused.Status} {refused.Message}");
        SuiteMetrics.PipelinesCreated.Add(1);
        if (task.Attempt == 1)
            SuiteMetrics.PushToPipeline.Record((book.Now - detection.DetectedAt).TotalSeconds, new KeyValuePair<string, object?>("found_by", detection.FoundBy.ToString().ToLowerInvariant()));
        return ((PipelineCreation.Created)creation).Pipeline;
    }

    /// <summary>Returns the attempt as it stands: another pipeline of it may have been recorded before, or none is wanted any more.</summary>
    public async Task<RunAttempt> RecordAsync(RunTask task, PipelineShown pipeline, CancellationToken cancellationToken)
    {
        RunAttempt attempt = await book.ChangeAsync(task, a => Starting.Record(a, pipeline, book.Now), cancellationToken);
        if (attempt.Pipeline == pipeline.Ref)
            log.PipelineStarted(task.Run, task.Attempt, pipeline.Ref);
        return attempt;
    }

    /// <summary>Tells herding whose pipeline it is. Made anew where a crash came between the two records.</summary>
    public Task TellAsync(RunTask task, PipelineRef pipeline, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(
            pipeline.Key,
            DocumentJson.Default.PipelineState,
            state => state switch
            {
                null => new PipelineState(pipeline) { Run = task.Run, Attempt = task.Attempt, PostedAt = book.Now },
                { Run: null } => state with { Run = task.Run, Attempt = task.Attempt, PostedAt = state.PostedAt ?? book.Now },
                _ => null,
            },
            cancellationToken);

    private async Task<RunAttempt> ClaimAsync(RunTask task, CancellationToken cancellationToken)
    {
        bool isOurs = false;
        RunAttempt stands = await book.ChangeAsync(
            task,
            attempt =>
            {
                RunAttempt? claimed = Starting.Claim(attempt, book.Now);
                isOurs = claimed is not null;
                return claimed;
            },
            cancellationToken);
        return isOurs ? stands : throw new FlowTaskException(ErrorNames.Busy, $"Run {task.Run}: attempt {task.Attempt} was claimed by another");
    }
}
