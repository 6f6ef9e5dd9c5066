namespace Cki.GitLabSimulator;

/// <summary>What a new pipeline may carry besides project, ref, source and user.</summary>
public sealed record PipelineExtras
{
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Overrides the project's script.</summary>
    public PipelineScript? Script { get; init; }
    public string BeforeSha { get; init; } = GitLabWorld.NoSha;
    public GitLabJob? SourceBridge { get; init; }
    public GitLabMergeRequest? MergeRequest { get; init; }
}

/// <summary>A pipeline, or GitLab's sentence why there is none.</summary>
public sealed record PipelineCreation(GitLabPipeline? Pipeline, string? Refusal);

// How pipelines come to be.
public sealed partial class GitLabWorld
{
    private const string NoJobs = "Pipeline will not run for the selected trigger. " +
        "The rules configuration prevented any jobs from being added to the pipeline.";

    /// <summary>Starts a pipeline as a push, a schedule, a person or the API would.</summary>
    public PipelineCreation StartPipeline(
        GitLabProject project, string reference, string source, GitLabUser user, PipelineExtras? extras = null)
    {
        lock (_gate) return Create(project, reference, source, (user, extras ?? new PipelineExtras()));
    }

    private PipelineCreation Create(GitLabProject project, string reference, string source, (GitLabUser User, PipelineExtras Extras) by)
    {
        (GitLabUser user, PipelineExtras extras) = by;
        string? sha = project.Resolve(reference);
        if (sha is null)
            return new PipelineCreation(null, "Reference not found");
        string name = GitLabProject.Short(reference);
        var request = new PipelineRequest(project.Path, name, sha, source, extras.Variables) { Inputs = extras.Inputs };
        PipelineScript script = extras.Script ?? (project.Script ?? Script)(request);
        if (script.Refusal is not null || script.Jobs.Count == 0)
            return new PipelineCreation(null, script.Refusal ?? NoJobs);

        var pipeline = new GitLabPipeline
        {
            Id = NextId("pipeline", 1001), Iid = project.Pipelines.Count + 1, Project = project, Ref = name, Sha = sha, User = user,
            Script = script, CreatedAt = Now, UpdatedAt = Now, Source = source, Tag = project.IsTag(reference), BeforeSha = extras.BeforeSha,
            Variables = new SortedDictionary<string, string>(extras.Variables.ToDictionary(), StringComparer.Ordinal),
            SourceBridge = extras.SourceBridge, MergeRequest = extras.MergeRequest,
        };
        _pipelines.Add(pipeline.Id, pipeline);
        project.Pipelines.Add(pipeline);
        foreach (string stage in script.Stages)
            foreach (JobScript job in script.Jobs.Where(job => job.Stage == stage))
                AddJob(pipeline, job, user, retries: 0);
        ProcessPipeline(pipeline);
        return new PipelineCreation(pipeline, null);
    }

    private GitLabJob AddJob(GitLabPipeline pipeline, JobScript script, GitLabUser user, int retries)
    {
        var job = new GitLabJob
        {
            Id = NextId("job", 20001), Pipeline = pipeline, Script = script, CreatedAt = Now, User = user, Retries = retries,
            StageIndex = pipeline.Script.Stages.ToList().IndexOf(script.Stage),
        };
        job.History.Add((Now, "created"));
        pipeline.Jobs.Add(job);
        _jobs.Add(job.Id, job);
        AnnounceJob(job);
        return job;
    }
}
