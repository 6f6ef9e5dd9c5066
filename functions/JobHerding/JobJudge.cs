using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>What only our records know: the parent, failures that were there before, and matchers that never rescued.</summary>
internal sealed record History(Parents Parents, Failures Failures, DemotionBook Demotions);

/// <summary>Gathers the facts of a job's attempt and decides on it.</summary>
internal sealed class JobJudge(JobFacts facts, History history, IConfigSource config, ILogger log)
{
    // Compiled anew only when the configuration changed; tenants have matchers of their own.
    private readonly ConditionalWeakTable<MatcherTree, Herding> _compiled = [];

    /// <summary>The job as GitLab shows it, where it wants a decision: failed and cancelled jobs always, others where a matcher looks at them.</summary>
    public async Task<PipelineJob?> WantedAsync(OurPipeline ours, JobRef told, CancellationToken cancellationToken) =>
        await facts.JobAsync(told, cancellationToken) is { } job && Concerns(ours, job) ? job : null;

    public async Task<(GatheredJob Gathered, HerdDecision Decision)> DecideAsync(
        OurPipeline ours, PipelineJob job, bool isSecondLook, CancellationToken cancellationToken)
    {
        GatheredJob gathered = await facts.GatherAsync(ours, job, isSecondLook, cancellationToken);
        Herding herding = Compiled(await history.Demotions.ApplyAsync(config.Current.MatchersOf(ours.Tree), cancellationToken));
        HerdDecision made = herding.Decide(gathered.Facts);
        if (Confirming.IsReproduced(made, gathered.Facts))
        {
            ParentJob parent = await history.Parents.OfAsync(ours, job.Name, cancellationToken);
            made = herding.Decide(gathered.Facts with { Parent = parent }) with { Parent = parent };
        }
        made = await history.Failures.JudgeAsync(ours, job.Name, made, cancellationToken);
        return (gathered, await ToldAsync(ours, gathered.Facts, made, cancellationToken));
    }

    /// <summary>What a report is to say beside the decision: only where the parent was really looked at may anything be called new.</summary>
    private async Task<HerdDecision> ToldAsync(OurPipeline ours, FailedJobFacts facts, HerdDecision made, CancellationToken cancellationToken)
    {
        PipelineJob job = facts.Job;
        if (made.BlamesCommit || made.Finding == JobFinding.Known)
            made = made with { Build = BuildFacts.Of(job.Name, facts.Trace, made.Quote) };
        if (job.AllowFailure || made.Parent is not null)
            return made;
        if (made.BlamesCommit)
            return made with { Parent = await history.Parents.OfHeadBeforeAsync(ours, job.Name, cancellationToken) };
        return made is { Finding: JobFinding.Passed, FirstStrong: { } warning } && job.Status == GitLabStatus.Success
            ? made with { Parent = (await history.Parents.OfHeadBeforeAsync(ours, job.Name, cancellationToken)).OfWarning(warning.Line) }
            : made;
    }

    private bool Concerns(OurPipeline ours, PipelineJob job) =>
        job.Status is GitLabStatus.Failed or GitLabStatus.Canceled || (job.Status == GitLabStatus.Success && Compiled(config.Current.MatchersOf(ours.Tree)).Matchers.LooksAt(job));

    private Herding Compiled(MatcherTree tree) => _compiled.GetValue(tree, tree =>
    {
        Matchers matchers = Matchers.Compile(tree);
        foreach (ConfigError refused in matchers.Refused)
            log.MatcherRefused(refused);
        return new Herding(matchers);
    });
}
