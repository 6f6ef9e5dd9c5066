using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>
/// Tells a waiting flow that its pipeline looks settled. Token and <see cref="PipelineState.SettledAt"/> lie in one object: whoever writes the second
/// of them sees both and signals. A signal is a hint; check-pipeline reads everything again.
/// </summary>
internal sealed class Settlement(GitLabClient gitLab, PipelineBook book, SuitePorts ports, ILogger log)
{
    private const string Settled = """{"settled":true}""";

    private readonly Post _post = ports.PostFrom("job-herding");
    private readonly RescueBook _rescues = new(ports);

    /// <summary>The pipeline where nothing of it is to settle any more; else null.</summary>
    public async Task<OurPipeline?> ChangedAsync(PipelineChanged changed, CancellationToken cancellationToken)
    {
        if (await book.FindAsync(changed.Pipeline, cancellationToken) is not { } ours)
        {
            log.NotOurs(changed.Pipeline);
            return null;
        }
        if (ours.Over is not null)
            return ours;
        await LookAsync(ours, asksForDecisions: true, cancellationToken);
        return null;
    }

    /// <summary>Stores the token, then reads the pipeline once: its last event may have come before.</summary>
    public async Task AwaitedAsync(PipelineAwaited awaited, CancellationToken cancellationToken)
    {
        PipelineState? state = await book.ChangeAsync(
            awaited.Pipeline,
            s => s is not null && (s.Loop > awaited.Loop || s.TaskToken == awaited.TaskToken)
                ? null
                : (s ?? new PipelineState(awaited.Pipeline)) with { Run = awaited.Run, Attempt = awaited.Attempt, TaskToken = awaited.TaskToken, Loop = awaited.Loop },
            cancellationToken);
        // A later await has taken over; nobody waits on this token.
        if (state?.TaskToken == awaited.TaskToken)
        {
            // Whose matchers look is the tree's to say, where there are tenants.
            OurPipeline? known = ports.Config.Current.Tenants.Count > 0 ? await book.FindAsync(awaited.Pipeline, cancellationToken) : null;
            await LookAsync(known ?? new OurPipeline(awaited.Pipeline, awaited.Pipeline, awaited.Run, awaited.Attempt), asksForDecisions: true, cancellationToken);
        }
    }

    /// <param name="asksForDecisions">Failed jobs whose events never came are sent to ourselves.</param>
    public async Task LookAsync(OurPipeline ours, bool asksForDecisions, CancellationToken cancellationToken)
    {
        PipelineView? view = ProbeTree.Is(ours.Top.Project) ? null : await new PipelineTree(gitLab).ReadAsync(ours.Top, await ExpectedAsync(ours, cancellationToken), cancellationToken);
        if (view is null)
        {
            await SignalAsync(ours.Top, cancellationToken);
            return;
        }
        PipelineRef[] downstream = [.. view.Bridges.Select(b => b.Downstream).OfType<PipelineRef>().Distinct()];
        await book.AdoptAsync(ours, view.Bridges, cancellationToken);
        IReadOnlyList<JobRecord> records = await book.JobsAsync([ours.Top, .. downstream], cancellationToken);
        SettlingView settling = Settling.Of(
            view.Jobs, records, Matchers.Compile(ports.Config.Current.MatchersOf(ours.Tree)));
        bool isStarting = view.Bridges.Any(b => b.Downstream is null && !GitLabStatus.IsTerminal(b.Status) && b.Status != GitLabStatus.Manual);
        if (settling.LooksSettled && !isStarting)
        {
            await _rescues.SettledAsync(view.Jobs, records, cancellationToken);
            await SignalAsync(ours.Top, cancellationToken);
        }
        else if (asksForDecisions)
            await AskAsync(settling.Undecided, ours.Top, cancellationToken);
    }

    private async Task<IReadOnlyList<PipelineBridge>> ExpectedAsync(OurPipeline ours, CancellationToken cancellationToken)
    {
        RunDetection? detection = await book.DetectionAsync(ours.Run, cancellationToken);
        TreePipeline? tree = detection is null ? null : ports.Config.Current.Tree(detection.Tree)?.For(detection).Pipeline;
        RunAttempt? attempt = tree is not { Expects.Count: > 0 } ? null : (await book.RunAsync(ours.Run, cancellationToken))?.Attempts.FirstOrDefault(a => a.Number == ours.Attempt);
        return attempt is null ? [] : await new ExpectedPipelines(gitLab, ports.Documents).FindAsync(ours.Run, attempt, tree!, ports.Clock.GetUtcNow(), cancellationToken);
    }

    private async Task AskAsync(IReadOnlyList<PipelineJob> undecided, PipelineRef top, CancellationToken cancellationToken)
    {
        foreach (PipelineJob job in undecided)
            await _post.SendAsync(new JobFinished(new JobRef(job.Project ?? top.Project, job.Id), job.PipelineId, job.Name, job.Status), cancellationToken);
    }

    private async Task SignalAsync(PipelineRef top, CancellationToken cancellationToken)
    {
        PipelineState? state = await book.ChangeAsync(
            top, s => s is null or { SettledAt: not null } ? null : s with { SettledAt = ports.Clock.GetUtcNow() }, cancellationToken);
        if (state?.TaskToken is not { } token)
            return;
        FlowSignal signal = await ports.Flows.SignalAsync(token, Settled, cancellationToken);
        log.Settled(top, signal);
        await book.ChangeAsync(top, s => s?.TaskToken == token ? s with { TaskToken = null } : null, cancellationToken);
    }
}
