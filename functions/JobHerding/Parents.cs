using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>How a job ended on the parent commit: the head of the branch before ours, in our records and in GitLab's lists.</summary>
internal sealed class Parents(GitLabClient gitLab, PipelineBook book)
{
    public async Task<ParentJob> OfAsync(OurPipeline ours, string name, CancellationToken cancellationToken)
    {
        if (ours.Detection is not { Previous: { } parent } detection)
            return Unknown("no commit before it is known");
        RunPipeline? run = await book.RunAsync(RunIds.Of(detection.Tree, detection.PreviousBranch ?? detection.Branch, parent), cancellationToken);
        foreach (PipelineRef pipeline in (run?.Attempts ?? []).OrderByDescending(a => a.Number).Select(a => a.Pipeline).OfType<PipelineRef>())
        {
            if (await InAsync(pipeline, (ours.Path, name), parent, cancellationToken) is { } found)
                return found;
        }
        return Unknown(run is null ? $"the parent {parent.Short} was not tested" : $"the parent {parent.Short} has no such job");
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
            return new ParentJob(ParentResult.Failed, $"{who} failed as well: {doubt.Reason}");
        return last.Status switch
        {
            GitLabStatus.Success => new ParentJob(ParentResult.Passed, $"{who} passes"),
            GitLabStatus.Failed => Unknown($"{who}'s job {last.Id} broke for other reasons"),
            _ => Unknown($"{who}'s job {last.Id} is {last.Status}"),
        };
    }

    private static ParentJob Unknown(string why) => new(ParentResult.Unknown, why);
}
