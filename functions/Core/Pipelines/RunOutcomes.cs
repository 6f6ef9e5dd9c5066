namespace Cki;

/// <summary>The outcomes of all jobs of a run, in the order in which GitLab created them.</summary>
public static class RunOutcomes
{
    /// <summary>The reason of a skipped job where nothing that came before it explains it.</summary>
    public const string Skipped = "skipped";

    public static JobOutcome[] Of(IReadOnlyList<PipelineJob> jobs, IReadOnlyList<JobRecord> records, IReadOnlyList<PipelineBridge> bridges)
    {
        Dictionary<long, HerdDecision> decisions = records
            .SelectMany(r => r.Attempts.Select(a => (a.JobId, Decision: r.Standing(a))))
            .Where(a => a.Decision.Act != HerdAct.Later)
            .DistinctBy(a => a.JobId)
            .ToDictionary(a => a.JobId, a => a.Decision);
        IEnumerable<JobOutcome> ofJobs = jobs
            .GroupBy(j => j.Name)
            .Select(g => (PipelineJob[])[.. g.OrderBy(j => j.Id)])
            .Select(attempts => JobOutcomes.Of(attempts, decisions) with { FirstId = attempts[0].Id, Architecture = Architecture(attempts[^1]), Attempts = attempts });
        IEnumerable<JobOutcome> ofBridges = bridges
            .GroupBy(b => b.Name)
            .Select(g => OfBridge(g.MaxBy(b => b.Id)!, jobs))
            .OfType<JobOutcome>();
        JobOutcome[] all = [.. ofJobs.Concat(ofBridges).OrderBy(o => o.FirstId)];
        return [.. all.Select(o => o.IsSkipped && o.Reason == Skipped && Cause(o, all) is { } cause ? o with { Reason = $"skipped because of {cause.Last.Name}" } : o)];
    }

    // A bridge's status is not a result: its downstream jobs are. Only a bridge without any speaks for itself: what it should have started is
    // not run, never passed.
    private static JobOutcome? OfBridge(PipelineBridge bridge, IReadOnlyList<PipelineJob> jobs)
    {
        if (bridge.Downstream is { } downstream && jobs.Any(j => j.PipelineId == downstream.Id))
            return null;
        var asJob = new PipelineJob(bridge.Id, bridge.Name, bridge.Stage, bridge.Status, bridge.AllowFailure, null, null, "");
        JobOutcome? outcome = (bridge.Downstream, bridge.Status) switch
        {
            _ when bridge.Missing is { } missing => new JobOutcome(JobSays.NotRun, asJob, asJob, null, missing),
            (not null, _) => new JobOutcome(JobSays.NotRun, asJob, asJob, null, $"its pipeline {bridge.Downstream.Id} shows no jobs"),
            (null, GitLabStatus.Failed) => new JobOutcome(JobSays.Configuration, asJob, asJob, null, "it could not start its pipeline"),
            (null, GitLabStatus.Success) => null,
            _ => JobOutcomes.Of([asJob], new Dictionary<long, HerdDecision>()),
        };
        return outcome is null ? null : outcome with { FirstId = bridge.Id, Architecture = Architecture(asJob) };
    }

    // The job's own words first ("bridge / job" is read from the right), then its bridge's, then the tags that choose its runner.
    internal static string Architecture(PipelineJob job) => Architectures.Of([.. job.Name.Split(" / ").Reverse(), .. job.Tags]);

    // GitLab does not tell which need was missing: the first job before it that did not pass, of its own architecture where there is one.
    private static JobOutcome? Cause(JobOutcome skipped, JobOutcome[] all)
    {
        JobOutcome[] causes =
        [
            .. all.Where(o => o.FirstId < skipped.FirstId && o.Last.PipelineId == skipped.Last.PipelineId && o.Last.Stage != skipped.Last.Stage)
                .Where(o => o.Says is not (JobSays.Passed or JobSays.Flaky) && !o.IsSkipped),
        ];
        return causes.FirstOrDefault(o => o.Architecture == skipped.Architecture) ?? causes.FirstOrDefault();
    }
}
