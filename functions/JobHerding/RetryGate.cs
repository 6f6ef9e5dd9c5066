using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>
/// May this job be retried? Asked when deciding and again when the delay ends, with everything that may have changed in between: the job, its pipeline,
/// its merge request, the branch, the limits, and what its producers left.
/// </summary>
internal sealed class RetryGate(GitLabClient gitLab, PipelineBook book, SuitePorts ports)
{
    /// <summary>CKI sets it where a pipeline tests CKI's own deployment by running old pipelines again: their failures are looked at by people.</summary>
    private const string Environment = "CKI_DEPLOYMENT_ENVIRONMENT";

    private static readonly TimeSpan BeforeExpiry = TimeSpan.FromMinutes(10);

    /// <summary>The retry as it may be: unchanged, due earlier, or dropped with the reason.</summary>
    /// <param name="jobs">All of the pipeline, retried ones included.</param>
    public async Task<JobRetry> LookAsync(
        OurPipeline ours, (string Name, JobRetry Retry) wanted, IReadOnlyList<PipelineJob> jobs, CancellationToken cancellationToken)
    {
        JobRetry retry = wanted.Retry;
        if (await WhyNotAsync(ours, wanted, jobs, cancellationToken) is { } why)
            return retry with { State = RetryState.Dropped, Outcome = why };
        DateTimeOffset now = ports.Clock.GetUtcNow();
        PipelineJob job = jobs.First(j => j.Id == retry.JobId);
        if (Producers.Gone(job, jobs, now) is { } gone)
            return retry with { State = RetryState.Dropped, WantsNewAttempt = true, Outcome = $"the artefacts of {gone.Name} are gone since {gone.ArtifactsExpireAt:yyyy-MM-dd HH:mm}: it would miss them" };
        DateTimeOffset? until = Producers.Until(job, jobs, now) - BeforeExpiry;
        return until < retry.DueAt ? retry with { DueAt = until.Value > now ? until.Value : now } : retry;
    }

    /// <summary>What it has to wait for at the time of posting; null: nothing.</summary>
    public async Task<string?> BusyAsync(OurPipeline ours, JobRetry retry, IReadOnlyList<PipelineJob> jobs, CancellationToken cancellationToken)
    {
        if (retry.After is { } producer && (await book.JobAsync(ours.Own, producer, cancellationToken))?.IsRetryPending == true)
            return $"{producer}, whose output it needs, is to be retried first";
        PipelineJob job = jobs.First(j => j.Id == retry.JobId);
        return ResourceGroupOf(ours, job.Name) is { } group && await HeldByAsync(ours, (group, job), jobs, cancellationToken) is { } other
            ? $"{other} of the same resource group {group} is being retried"
            : null;
    }

    /// <summary>Who is being retried in this group; null: nobody, and the group is this job's from now on.</summary>
    private async Task<string?> HeldByAsync(OurPipeline ours, (string Group, PipelineJob Job) wanted, IReadOnlyList<PipelineJob> jobs, CancellationToken cancellationToken)
    {
        string key = ResourceHold.Key(ours.Own, wanted.Group);
        ResourceHold? hold = (await ports.Documents.GetAsync(key, DocumentJson.Default.ResourceHold, cancellationToken))?.Value;
        if (hold is not null && hold.JobId != wanted.Job.Id && !await IsOverAsync(ours, hold, jobs, cancellationToken))
            return hold.Name;
        var ourHold = new ResourceHold(wanted.Group, wanted.Job.Name, wanted.Job.Id);
        ResourceHold? stands = await ports.Documents.UpdateAsync(
            key, DocumentJson.Default.ResourceHold, current => current is null || current == hold ? ourHold : null, cancellationToken);
        return stands?.JobId == wanted.Job.Id ? null : stands?.Name;
    }

    // A list of jobs read before its POST does not show the successor: then it is not over.
    private async Task<bool> IsOverAsync(OurPipeline ours, ResourceHold hold, IReadOnlyList<PipelineJob> jobs, CancellationToken cancellationToken) =>
        (await book.JobAsync(ours.Own, hold.Name, cancellationToken))?.RetryOf(hold.JobId) switch
        {
            null or { State: RetryState.Dropped } => true,
            { State: RetryState.Done } done => jobs.FirstOrDefault(j => j.Id == done.NewJobId) is { } successor && GitLabStatus.IsTerminal(successor.Status),
            _ => false,
        };

    // GitLab's API shows no job's group: the tree names them.
    private string? ResourceGroupOf(OurPipeline ours, string job) => ours.Tree is { } tree
        ? ports.Config.Current.Tree(tree)?.Pipeline.ResourceGroups.FirstOrDefault(group => JobGlob.Matches(group, job))
        : null;

    private async Task<string?> WhyNotAsync(
        OurPipeline ours, (string Name, JobRetry Retry) wanted, IReadOnlyList<PipelineJob> jobs, CancellationToken cancellationToken)
    {
        PipelineShown? shown = await gitLab.GetPipelineAsync(ours.Own, cancellationToken);
        RetryTally tally = await book.TallyAsync(ours, wanted.Name, cancellationToken);
        PipelineJob[] ofName = [.. jobs.Where(j => j.Name == wanted.Name)];
        long jobId = wanted.Retry.JobId;
        return MayRetry.WhyNot(new RetryFacts(ofName.FirstOrDefault(j => j.Id == jobId), shown?.Status ?? GitLabStatus.Canceled, ofName.Select(j => j.Id).Append(jobId).Max())
        {
            RunOver = ours.Over ?? (IsCanceled(jobId, jobs) ? "the pipeline was cancelled" : await SupersededAsync(ours, cancellationToken)),
            Attempts = ofName.Length,
            RetriesElsewhere = tally.Retries.Count(r => r.Pipeline != ours.Own),
            Limit = wanted.Retry.Limit ?? RetryTally.AttemptsMax,
        }) ?? await OfMergeRequestAsync(ours, shown!, cancellationToken) ?? await OfVariablesAsync(ours, cancellationToken);
    }

    private static bool IsCanceled(long jobId, IReadOnlyList<PipelineJob> jobs) =>
        jobs.FirstOrDefault(j => j.Id == jobId) is { Status: GitLabStatus.Failed } failed && Cancellations.IsPipelineCanceledSince(failed, jobs);

    private async Task<string?> SupersededAsync(OurPipeline ours, CancellationToken cancellationToken)
    {
        if (ours.Detection is not { } detection || ports.Config.Current.Tree(detection.Tree)?.For(detection) is not { CancelWhenNewer: true } tree)
            return null;
        TreeHeads? heads = (await ports.Documents.GetAsync(TreeHeads.Key(tree.Name), DocumentJson.Default.TreeHeads, cancellationToken))?.Value;
        return Checking.NewerHead(tree, heads, detection) is { } newer ? $"the branch's head has moved to {newer.Short}" : null;
    }

    private async Task<string?> OfMergeRequestAsync(OurPipeline ours, PipelineShown shown, CancellationToken cancellationToken)
    {
        MergeRequestRef? known = ours.Detection?.MergeRequest;
        if (known is null && MergeRequests.OfRef(shown.GitRef) is null)
            return null;
        (ProjectRef project, long iid) = known is not null ? (known.Project, known.Iid) : (shown.Ref.Project, MergeRequests.OfRef(shown.GitRef)!.Value.Iid);
        MergeRequestShown? request = await gitLab.GetMergeRequestAsync(project, iid, cancellationToken);
        if (request is null)
            return $"merge request !{iid} is gone";
        if (MergeRequests.Ended(request) is { } ended)
            return ended;
        // A merged result's own commit is one of GitLab's making: where the run knows the head it tests, that decides, and a target that has
        // moved is no newer head.
        string? kind = MergeRequests.OfRef(shown.GitRef)?.Kind;
        CommitSha? head = known is not null ? ours.Detection!.Sha : kind == "head" ? shown.Sha : null;
        if (head is { } tested && request.Sha != tested)
            return $"the head of merge request !{iid} has moved to {request.Sha.Short}";
        if (kind is null || (kind != "head" && head is not null))
            return null;
        IReadOnlyList<PipelineShown> of = await gitLab.ListPipelinesAsync(shown.Ref.Project, shown.GitRef, shown.CreatedAt, null, cancellationToken);
        return of.FirstOrDefault(p => p.Ref.Id > shown.Ref.Id) is { } newer ? $"pipeline {newer.Ref.Id} of merge request !{iid} is newer" : null;
    }

    private async Task<string?> OfVariablesAsync(OurPipeline ours, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<KeyValuePair<string, string>> variables = await gitLab.GetPipelineVariablesAsync(ours.Own, cancellationToken);
            return variables.Any(v => v is { Key: Environment, Value: "retrigger" }) ? $"{Environment} is retrigger" : null;
        }
        catch (GitLabRefusedException refused) when (refused.Status == 403)
        {
            // Shown to maintainers only: then what the tree itself sends has to do.
            TreeConfig? tree = ours.Tree is { } name ? ports.Config.Current.Tree(name) : null;
            return tree?.Pipeline.Variables.Any(v => v is { Key: Environment, Value: "retrigger" }) == true ? $"{Environment} is retrigger" : null;
        }
    }
}
