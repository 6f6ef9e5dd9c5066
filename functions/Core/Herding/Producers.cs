namespace Cki;

/// <summary>The jobs of earlier stages whose artefacts a job downloads: all of them, as GitLab does where nothing else is said.</summary>
public static class Producers
{
    /// <summary>One whose artefacts are gone; null where all are there (kept beyond their time by GitLab's lock included).</summary>
    public static PipelineJob? Gone(PipelineJob consumer, IReadOnlyList<PipelineJob> jobs, DateTimeOffset now) =>
        Of(consumer, jobs).FirstOrDefault(p => p.ArtifactsExpireAt <= now && !p.Artifacts.Contains("archive"));

    /// <summary>When the first of them go.</summary>
    public static DateTimeOffset? Until(PipelineJob consumer, IReadOnlyList<PipelineJob> jobs, DateTimeOffset now) =>
        Of(consumer, jobs).Where(p => p.ArtifactsExpireAt > now).Min(p => p.ArtifactsExpireAt);

    private static IEnumerable<PipelineJob> Of(PipelineJob consumer, IReadOnlyList<PipelineJob> jobs)
    {
        // Ids rise in the order of stages when a pipeline is created; retries come later.
        long first = jobs.Where(j => j.Name == consumer.Name).Select(j => j.Id).Append(consumer.Id).Min();
        string architecture = Architectures.Of([consumer.Name]);
        return Settling.Latest(jobs).Where(j => j.Status == GitLabStatus.Success && j.Stage != consumer.Stage
            && jobs.Where(other => other.Name == j.Name).Min(other => other.Id) < first
            && (architecture == Architectures.None || Architectures.Of([j.Name]) is var other && (other == architecture || other == Architectures.None)));
    }
}
