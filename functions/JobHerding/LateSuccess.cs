using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>
/// A person runs a job again after its run was reported failed, and it passes. That forgives nothing (evidence is sticky), but what was told is not the
/// whole truth any more: the run's result is made anew.
/// </summary>
internal sealed class LateSuccess(GitLabClient gitLab, PipelineBook book, SuitePorts ports)
{
    private const int NamesMax = 3;

    private readonly Post _post = ports.PostFrom("job-herding");

    public async Task LookAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(pipeline, cancellationToken) is { Over: not null } over)
            await LookAsync(over, cancellationToken);
    }

    public async Task LookAsync(OurPipeline over, CancellationToken cancellationToken)
    {
        if (over.Verdict != Verdict.Failed)
            return;
        JobRecord[] blamed = [.. (await book.JobsAsync([over.Own], cancellationToken)).Where(r => !r.AllowFailure && r.Attempts.Any(a => a.Decision.BlamesCommit))];
        if (blamed.Length == 0)
            return;
        IReadOnlyList<PipelineJob> jobs = await JobsAsync(over.Own, cancellationToken);
        PipelineJob[] passed = [.. blamed.Select(r => Passed(r, jobs)).OfType<PipelineJob>().OrderBy(j => j.Name, StringComparer.Ordinal)];
        if (passed.Length == 0)
            return;
        string by = passed[0].User ?? "somebody";
        string names = string.Join(", ", passed.Take(NamesMax).Select(j => j.Name)) + (passed.Length > NamesMax ? $" and {passed.Length - NamesMax} more" : "");
        await _post.SendAsync(new ReconsiderRun(over.Run, over.Attempt, $"{names} passed when {by} ran it again", by), cancellationToken);
    }

    private static PipelineJob? Passed(JobRecord blamed, IReadOnlyList<PipelineJob> jobs) =>
        jobs.Where(j => j.Name == blamed.Name).MaxBy(j => j.Id) is { Status: GitLabStatus.Success } last
        && last.Id > blamed.Attempts.Where(a => a.Decision.BlamesCommit).Max(a => a.JobId)
            ? last
            : null;

    private async Task<IReadOnlyList<PipelineJob>> JobsAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        try
        {
            return await gitLab.GetJobsAsync(pipeline, includeRetried: true, cancellationToken);
        }
        catch (GitLabRefusedException)
        {
            // Deleted, or not for our eyes any more: what was told stands.
            return [];
        }
    }
}
