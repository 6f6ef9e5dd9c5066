using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>
/// How a job ended on the parent commit: the head of the branch before ours, else the commit's own parents in git, on this branch or the base; in our
/// records and in GitLab's lists.
/// </summary>
internal sealed class Parents(GitLabClient gitLab, PipelineBook book, IConfigSource config)
{
    /// <summary>A merge may have many: more say no more.</summary>
    private const int GitParentsMax = 4;

    public async Task<ParentJob> OfAsync(OurPipeline ours, string name, CancellationToken cancellationToken)
    {
        if (ours.Detection is not { } detection)
            return Unknown("no commit before it is known");
        ParentJob told = await OfHeadBeforeAsync(ours, name, cancellationToken);
        if (told.Result != ParentResult.Unknown)
            return told;
        foreach (CommitSha parent in await InGitAsync(detection, cancellationToken))
        {
            ParentJob other = await OfCommitAsync(ours, (detection, parent), name, cancellationToken);
            if (other.Result != ParentResult.Unknown)
                return other;
        }
        return told;
    }

    /// <summary>By our records and the pipeline that they name; git is not asked, for nothing is decided by it.</summary>
    public Task<ParentJob> OfHeadBeforeAsync(OurPipeline ours, string name, CancellationToken cancellationToken) =>
        ours.Detection is { Previous: { } previous } detection
            ? OfCommitAsync(ours, (detection, previous), name, cancellationToken)
            : Task.FromResult(Unknown("no commit before it is known"));

    /// <summary>The commit's parents as its own GitLab shows them, without the head before it; none where it lives elsewhere.</summary>
    public async Task<IReadOnlyList<CommitSha>> InGitAsync(RunDetection detection, CancellationToken cancellationToken)
    {
        if (config.Current.Tree(detection.Tree)?.Project is not { } project || config.Current.Host(project.Host) is null)
            return [];
        try
        {
            return [.. (await gitLab.GetParentsAsync(project, detection.Sha, cancellationToken)).Where(p => p != detection.Previous).Take(GitParentsMax)];
        }
        catch (GitLabRefusedException)
        {
            // Not for our eyes: then what we saw ourselves has to do.
            return [];
        }
    }

    private async Task<ParentJob> OfCommitAsync(OurPipeline ours, (RunDetection Run, CommitSha Sha) parent, string name, CancellationToken cancellationToken)
    {
        bool isTested = false;
        foreach (string branch in new[] { parent.Run.PreviousBranch, parent.Run.Branch, config.Current.Tree(parent.Run.Tree)?.BaseBranch }.OfType<string>().Distinct())
        {
            RunPipeline? run = await book.RunAsync(RunIds.Of(parent.Run.Tree, branch, parent.Sha), cancellationToken);
            isTested |= run is not null;
            foreach (PipelineRef pipeline in (run?.Attempts ?? []).OrderByDescending(a => a.Number).Select(a => a.Pipeline).OfType<PipelineRef>())
            {
                if (await InAsync(pipeline, (ours.Path, name), parent.Sha, cancellationToken) is { } found)
                    return found;
            }
        }
        return Unknown(isTested ? $"the parent {parent.Sha.Short} has no such job" : $"the parent {parent.Sha.Short} was not tested");
    }

    private async Task<ParentJob?> InAsync(PipelineRef top, (string Path, string Name) wanted, CommitSha parent, CancellationToken cancellationToken)
    {
        PipelineState? state = await book.StateAsync(top, cancellationToken);
        foreach (PipelineRef pipeline in (state?.Downstream ?? []).Prepend(top))
        {
            if (((await book.StateAsync(pipeline, cancellationToken))?.Path ?? "") != wanted.Path)
                continue;
            IReadOnlyList<PipelineJob> jobs = await JobsAsync(pipeline, cancellationToken);
            if (jobs.LastOrDefault(j => j.Name == wanted.Name) is { } last)
                return Judged(last, await book.JobAsync(pipeline, wanted.Name, cancellationToken), parent);
        }
        return null;
    }

    private async Task<IReadOnlyList<PipelineJob>> JobsAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        try
        {
            return await gitLab.GetJobsAsync(pipeline, includeRetried: true, cancellationToken);
        }
        catch (GitLabRefusedException)
        {
            // Deleted, or not for our eyes any more: nothing is known of it.
            return [];
        }
    }

    private static ParentJob Judged(PipelineJob last, JobRecord? record, CommitSha parent)
    {
        string who = $"the parent {parent.Short}";
        HerdDecision? doubt = record?.Attempts.Select(a => a.Decision)
            .LastOrDefault(d => d.Act == HerdAct.Confirm || d.Finding is JobFinding.Failed or JobFinding.Known);
        if (doubt is not null)
            return new ParentJob(ParentResult.Failed, $"{who} failed as well: {doubt.Reason}") { Sha = parent };
        return last.Status switch
        {
            GitLabStatus.Success => new ParentJob(ParentResult.Passed, $"{who} passes") { Sha = parent, Lines = LinesOf(record) },
            GitLabStatus.Failed => Unknown($"{who}'s job {last.Id} broke for other reasons"),
            _ => Unknown($"{who}'s job {last.Id} is {last.Status}"),
        };
    }

    private static string[]? LinesOf(JobRecord? record) =>
        record is null ? null : [.. record.Attempts.SelectMany(a => a.Decision.Evidence).Select(e => FailureSignature.Normalised(e.Line)).Distinct()];

    private static ParentJob Unknown(string why) => new(ParentResult.Unknown, why);
}
