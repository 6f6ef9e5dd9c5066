using Cki.Adapters;

namespace Cki.JobHerding;

/// <summary>Structured results of a failed job, from the files the tree names among its artefacts, else from GitLab's own test report.</summary>
internal sealed class ResultFiles(GitLabClient gitLab, IConfigSource config, TimeProvider clock)
{
    /// <summary>A JUnit file of 50,000 tests is about 10 MB.</summary>
    private const int BytesMax = 16 << 20;

    /// <summary>Null: none can be had (none written, expired, forbidden, unreadable), and the trace has to do.</summary>
    public async Task<TestResults?> OfAsync(OurPipeline ours, PipelineJob job, IReadOnlyList<PipelineJob> siblings, CancellationToken cancellationToken)
    {
        bool isFailed = job.Status == GitLabStatus.Failed && !(job.ArtifactsExpireAt <= clock.GetUtcNow());
        if (isFailed && job.Artifacts.Contains("archive") && await OfFilesAsync(ours, job, cancellationToken) is { } found)
            return found;
        // GitLab sums up latest jobs only.
        bool isLatest = siblings.All(s => s.Name != job.Name || s.Id <= job.Id);
        return isFailed && isLatest && job.Artifacts.Contains("junit") ? await gitLab.GetTestReportAsync(ours.Own, job.Name, cancellationToken) : null;
    }

    private async Task<TestResults?> OfFilesAsync(OurPipeline ours, PipelineJob job, CancellationToken cancellationToken)
    {
        TreePipeline? tree = ours.Tree is { } name ? config.Current.Tree(name)?.Pipeline : null;
        TestResults? sum = null;
        foreach (string path in tree?.Results ?? [])
        {
            ArtifactFile file = await gitLab.GetArtifactAsync(new JobRef(ours.Own.Project, job.Id), path, BytesMax, cancellationToken);
            if (file is ArtifactFile.Forbidden)
                return sum;
            if (file is ArtifactFile.Found { Bytes: var bytes } && TestResultFile.Read(path, bytes) is { } results)
                sum = sum?.And(results) ?? results;
        }
        return sum;
    }
}
