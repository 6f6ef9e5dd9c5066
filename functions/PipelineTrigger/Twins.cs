using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>Finds the pipelines of an attempt in GitLab, and cancels all but one.</summary>
internal sealed class Twins(GitLabClient gitLab, RunBook book, SuitePorts ports, ILogger log)
{
    /// <summary>
    /// Pipelines that our store does not know cost a request each. A look that gave up silently after so many would pass for one that found nothing, and a
    /// second pipeline would be posted.
    /// </summary>
    private const int RequestsMax = 200;

    /// <summary>A replay of the days before finds the pipelines of these days.</summary>
    private static readonly TimeSpan s_productionLookBack = TimeSpan.FromDays(3);

    private readonly Documents _documents = ports.Documents;

    /// <summary>
    /// The pipelines that carry this run and attempt. What our store knows of other runs costs no request. Throws <c>Cki.Busy</c> where there are too many
    /// to be sure: later the store knows more of them.
    /// </summary>
    public async Task<IReadOnlyList<PipelineShown>> FindAsync(RunTask task, RunAttempt attempt, TreePipeline tree, CancellationToken cancellationToken)
    {
        return attempt.ClaimedAt is { } claimedAt ? await FindAsync(task, tree, claimedAt - Starting.LookBack, cancellationToken) : [];
    }

    /// <summary>For staging: the one that production started for the same commit, since both make the same run of it; none while there is none.</summary>
    public async Task<IReadOnlyList<PipelineShown>> OfProductionAsync(RunTask task, TreePipeline tree, CancellationToken cancellationToken) =>
        [.. (await FindAsync(task, tree, book.Now - s_productionLookBack, cancellationToken)).OrderBy(p => p.Ref.Id).Take(1)];

    private async Task<IReadOnlyList<PipelineShown>> FindAsync(RunTask task, TreePipeline tree, DateTimeOffset since, CancellationToken cancellationToken)
    {
        string? bot = ports.Config.Current.Host(tree.Project.Host)?.BotUser;
        IReadOnlyList<PipelineShown> candidates = await gitLab.ListPipelinesAsync(tree.Project, tree.GitRef, since, bot, cancellationToken);
        var found = new List<PipelineShown>();
        int requests = 0;
        // Those that only changed since are none of it: nothing of an attempt was created before its claim.
        foreach (PipelineShown candidate in candidates.Where(c => Starting.MayBePosted(c) && (c.CreatedAt == default || c.CreatedAt >= since)).OrderByDescending(c => c.Ref.Id))
        {
            bool? isOurs = await IsKnownAsOursAsync(task, candidate, cancellationToken);
            if (isOurs is null && requests++ == RequestsMax)
                throw new FlowTaskException(ErrorNames.Busy, $"Run {task.Run}: more than {RequestsMax} pipelines on {tree.Project}@{tree.GitRef} since {since:O} are of unknown runs");
            if (isOurs ?? await IsOfAsync(task, candidate, tree, cancellationToken))
                found.Add(candidate);
        }
        return found;
    }

    /// <summary>Cancels, then notes it: cancelling twice has no effect.</summary>
    public async Task CancelAsync(RunTask task, IReadOnlyList<PipelineShown> twins, CancellationToken cancellationToken)
    {
        RunAttempt attempt = await book.AttemptAsync(task, cancellationToken);
        foreach (PipelineShown twin in twins.Where(t => !attempt.CanceledTwins.Contains(t.Ref.Id)))
        {
            log.TwinCanceled(task.Run, task.Attempt, twin.Ref);
            await gitLab.CancelPipelineAsync(twin.Ref, cancellationToken);
            await book.ChangeAsync(
                task, a => a.CanceledTwins.Contains(twin.Ref.Id) ? null : a with { CanceledTwins = [.. a.CanceledTwins, twin.Ref.Id] }, cancellationToken);
        }
    }

    /// <summary>As long as a lost POST may show up: looks, and cancels what it made.</summary>
    public async Task WatchAsync(RunTask task, RunAttempt attempt, TreePipeline tree, CancellationToken cancellationToken)
    {
        if (attempt.Pipeline is not { } kept || !Starting.MayHaveTwins(attempt))
            return;
        DateTimeOffset looked = book.Now;
        IReadOnlyList<PipelineShown> found = await FindAsync(task, attempt, tree, cancellationToken);
        await CancelAsync(task, [.. found.Where(p => p.Ref.Id != kept.Id)], cancellationToken);
        await book.ChangeAsync(task, a => a with { TwinsSoughtAt = looked }, cancellationToken);
    }

    /// <summary>Null: our store does not know whose it is.</summary>
    private async Task<bool?> IsKnownAsOursAsync(RunTask task, PipelineShown candidate, CancellationToken cancellationToken)
    {
        Document<PipelineState>? known = await _documents.GetAsync(candidate.Ref.Key, DocumentJson.Default.PipelineState, cancellationToken);
        return known?.Value.Run is { } run ? run == task.Run && known.Value.Attempt == task.Attempt : null;
    }

    private async Task<bool> IsOfAsync(RunTask task, PipelineShown candidate, TreePipeline tree, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyValuePair<string, string>> variables =
            tree.CommitTo == CommitTo.Variables ? await gitLab.GetPipelineVariablesAsync(candidate.Ref, cancellationToken) : [];
        return PipelineValues.AreOf(task.Run, task.Attempt, variables, candidate.Name);
    }
}
