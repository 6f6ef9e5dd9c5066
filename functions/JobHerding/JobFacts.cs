using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>What GitLab says about an ended job.</summary>
/// <param name="Siblings">All jobs of its pipeline, retried ones included.</param>
internal sealed record GatheredJob(FailedJobFacts Facts, IReadOnlyList<PipelineJob> Siblings)
{
    public long NewestOfName => Siblings.Where(s => s.Name == Facts.Job.Name).Select(s => s.Id).Append(Facts.Job.Id).Max();
}

/// <summary>Gathers the facts of a decision: the job's siblings and its trace, which is read to the end but never kept.</summary>
internal sealed class JobFacts(GitLabClient gitLab, Surroundings surroundings, ResultFiles results, TimeProvider clock)
{
    /// <summary>GitLab's own default limit of a log is 100 MB; beyond it nothing is read.</summary>
    private const long TraceBytesMax = 200_000_000;

    private const int ChunkBytes = 64 * 1024;

    /// <summary>After this time a log that still has no end gets none.</summary>
    private static readonly TimeSpan TraceLag = TimeSpan.FromMinutes(10);

    /// <summary>Null: the job is gone.</summary>
    public Task<PipelineJob?> JobAsync(JobRef job, CancellationToken cancellationToken) => gitLab.GetJobAsync(job, cancellationToken);

    /// <param name="isSecondLook">A runner that failed or a job that nobody took writes no more: one look later is late enough.</param>
    public async Task<GatheredJob> GatherAsync(OurPipeline ours, PipelineJob job, bool isSecondLook, CancellationToken cancellationToken)
    {
        PipelineRef pipeline = ours.Own;
        IReadOnlyList<PipelineJob> siblings = await gitLab.GetJobsAsync(pipeline, includeRetried: true, cancellationToken);
        TraceReading trace = job.Status == GitLabStatus.Canceled ? TraceReading.Empty : await ReadAsync(new JobRef(pipeline.Project, job.Id), cancellationToken);
        // One runner may stand for a cluster of machines.
        job = job with { Machine = RunnerMachine.Joined(job.Machine, trace) };
        FailureKind kind = FailureReasons.KindOf(job.FailureReason);
        bool isOld = job.FinishedAt is not { } finished || clock.GetUtcNow() - finished >= TraceLag;
        bool hasNoMore = kind is FailureKind.Starved or FailureKind.Configuration or FailureKind.MissingInput || (kind == FailureKind.System && isSecondLook);
        var facts = new FailedJobFacts(job, trace)
        {
            EarlierAttempts = siblings.Count(s => s.Name == job.Name && s.Id < job.Id),
            IsTraceFinal = isOld || hasNoMore,
            Results = await results.OfAsync(ours, job, siblings, cancellationToken),
        };
        return new GatheredJob(await surroundings.AddAsync(ours, facts, siblings, cancellationToken), siblings);
    }

    private async Task<TraceReading> ReadAsync(JobRef job, CancellationToken cancellationToken)
    {
        await using Stream? trace = await gitLab.OpenTraceAsync(job, cancellationToken);
        if (trace is null)
            return TraceReading.Empty;
        var reader = new TraceReader();
        byte[] chunk = new byte[ChunkBytes];
        long total = 0;
        int read;
        while (total < TraceBytesMax && (read = await trace.ReadAsync(chunk, cancellationToken)) > 0)
        {
            reader.Feed(chunk.AsSpan(0, read));
            total += read;
        }
        return reader.End();
    }
}
