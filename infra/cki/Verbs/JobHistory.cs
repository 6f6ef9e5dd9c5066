using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Reads jobs and traces of the past from GitLab; posts nothing.</summary>
internal sealed class JobHistory(SuiteConfig suite, string? secrets)
{
    private readonly GitLabClient _gitLab = new(
        new HttpClient { Timeout = Timeout.InfiniteTimeSpan }, new FixedSuite(suite), new EnvironmentSecrets(secrets, Environment.GetEnvironmentVariable),
        new GitLabRetries(TimeProvider.System, new SystemDice()));

    public async Task<FailedJobFacts> FactsAsync(JobRef job, CancellationToken cancellationToken)
    {
        PipelineJob found = await _gitLab.GetJobAsync(job, cancellationToken) ?? throw new BadInputException($"{job}: there is no such job, or not for our eyes");
        return new FailedJobFacts(found, await ReadAsync(job, cancellationToken)) { IsTraceFinal = true };
    }

    /// <summary>Failed attempts of the project's pipelines since then, at most <paramref name="most"/>, with what today's matchers say of them.</summary>
    public async Task<IReadOnlyList<PastFailure>> FailuresAsync(ProjectRef project, DateTimeOffset since, int most, Herding herding, CancellationToken cancellationToken)
    {
        var past = new List<PastFailure>();
        foreach (PipelineShown pipeline in (await _gitLab.ListPipelinesAsync(project, null, since, null, cancellationToken)).OrderByDescending(p => p.Ref.Id))
        {
            IReadOnlyList<PipelineJob> jobs = await _gitLab.GetJobsAsync(pipeline.Ref, includeRetried: true, cancellationToken);
            foreach ((PipelineJob failed, string? by, bool passed) in MatcherCoverage.Attempts(jobs))
            {
                if (past.Count == most)
                    return past;
                TraceReading trace = await ReadAsync(new JobRef(pipeline.Ref.Project, failed.Id), cancellationToken);
                past.Add(new PastFailure(failed, by, passed, herding.Decide(new FailedJobFacts(failed, trace) { IsTraceFinal = true })));
            }
        }
        return past;
    }

    private async Task<TraceReading> ReadAsync(JobRef job, CancellationToken cancellationToken)
    {
        await using Stream? trace = await _gitLab.OpenTraceAsync(job, cancellationToken);
        return trace is null ? TraceReading.Empty : await MatchersCheckVerb.ReadAsync(trace, cancellationToken);
    }

    private sealed class FixedSuite(SuiteConfig current) : IConfigSource
    {
        public SuiteConfig Current => current;
    }
}

/// <summary>Addresses of jobs and projects as people copy them from GitLab.</summary>
internal static class JobAddress
{
    private const string Job = "/-/jobs/";

    public static bool Is(string text) => text.StartsWith("https://", StringComparison.Ordinal) || text.StartsWith("http://", StringComparison.Ordinal);

    public static JobRef Of(string address, SuiteConfig suite)
    {
        int at = address.IndexOf(Job, StringComparison.Ordinal);
        string digits = at < 0 ? "" : address[(at + Job.Length)..].Split('/', '?', '#')[0];
        return long.TryParse(digits, out long id)
            ? new JobRef(Project(address[..at], suite), id)
            : throw new BadInputException($"{address}: not the address of a job, such as https://gitlab.example/group/project/-/jobs/1");
    }

    /// <summary>An address, or <c>host:group/project</c> with a host of trees.yaml.</summary>
    public static ProjectRef Project(string text, SuiteConfig suite)
    {
        foreach (GitLabHost host in suite.Hosts)
        {
            string root = host.Url.ToString().TrimEnd('/') + "/";
            if (text.StartsWith(root, StringComparison.OrdinalIgnoreCase))
                return new ProjectRef(host.Name, text[root.Length..].TrimEnd('/'));
            if (text.StartsWith(host.Name + ":", StringComparison.Ordinal))
                return new ProjectRef(host.Name, text[(host.Name.Length + 1)..]);
        }
        throw new BadInputException($"{text}: on none of the hosts of trees.yaml ({string.Join(", ", suite.Hosts.Select(h => h.Url))})");
    }
}
