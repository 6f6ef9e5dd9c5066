using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>
/// Carries a class through its outage, one look at a time: counts hits, opens, probes, closes, releases. A look may be repeated, doubled or lost: each
/// change is one compare-and-swap, and what follows on it is done again until it is done.
/// </summary>
internal sealed class OutageDesk(GitLabClient gitLab, HeldJobs jobs, SuitePorts ports, ILogger log)
{
    private readonly OutageBook _book = new(ports);
    private readonly Post _post = ports.PostFrom("job-herding");

    public async Task LookAsync(ReceivedMessage message, OutageLook look, CancellationToken cancellationToken)
    {
        OutageRule rule = _book.Rule(look.Class);
        IReadOnlyList<string> hits = await _book.HitsAsync(look.Class, cancellationToken);
        IReadOnlyList<string> held = await _book.HeldAsync(look.Class, cancellationToken);
        OutageState state = await OpenAsync(look.Class, rule, hits, cancellationToken);
        state = await ProbeEndedAsync(state, rule, cancellationToken);
        state = await CloseAsync(state, s => OutageDecisions.Calmed(s, rule, held.Count, hits, _book.Now), cancellationToken);
        state = await TellEndAsync(state, cancellationToken);
        state = await ProbeAsync(state, held, cancellationToken);
        state = await ReleaseAsync(state, rule, held, cancellationToken);
        if (OutageDecisions.NextLook(state, rule, held.Count, _book.Now) is { } next)
            await _book.LookAtAsync(state, next, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task<OutageState> OpenAsync(string failureClass, OutageRule rule, IReadOnlyList<string> hits, CancellationToken cancellationToken)
    {
        (OutageState state, bool opened) = await _book.ChangeAsync(failureClass, s => OutageDecisions.Counted(s, rule, hits, _book.Now), cancellationToken);
        if (opened)
        {
            log.OutageOpened(failureClass, state.Pipelines);
            Count(failureClass, "opened");
        }
        if (!state.Holds || state.BeginTold)
            return state;
        await _post.SendAsync(OutageNotices.Down(state, rule), cancellationToken);
        return (await _book.ChangeAsync(failureClass, s => s.OpenedAt == state.OpenedAt && !s.BeginTold ? s with { BeginTold = true } : s, cancellationToken)).State;
    }

    private async Task<OutageState> ProbeEndedAsync(OutageState state, OutageRule rule, CancellationToken cancellationToken)
    {
        if (state is not { Phase: OutagePhase.HalfOpen, Probe: { } probe })
            return state;
        JobRecord? record = await jobs.RecordAsync(probe.Job, cancellationToken);
        JobRetry? retry = record?.RetryOf(probe.Job.Job.Id);
        PipelineJob? successor = retry?.NewJobId is { } id ? await gitLab.GetJobAsync(new JobRef(probe.Job.Job.Project, id), cancellationToken) : null;
        HerdDecision? decision = successor is null ? null : record!.AttemptOf(successor.Id)?.Decision;
        ProbeEnd end = OutageDecisions.EndOf(probe, retry, successor, decision, _book.Now);
        if (end == ProbeEnd.UnderWay)
        {
            await jobs.HurryAsync(probe.Job, retry, successor, cancellationToken);
            return state;
        }
        log.Probed(state.Class, probe.Job.Job, end);
        Count(state.Class, "probed");
        return await CloseAsync(state, s => s.Probe == probe ? OutageDecisions.Probed(s, rule, end, _book.Now) : s, cancellationToken);
    }

    private async Task<OutageState> CloseAsync(OutageState state, Func<OutageState, OutageState> change, CancellationToken cancellationToken)
    {
        (OutageState next, bool changed) = await _book.ChangeAsync(state.Class, change, cancellationToken);
        if (changed && !next.Holds)
        {
            log.OutageClosed(next.Class);
            Count(next.Class, "closed");
        }
        return next;
    }

    // Asked at each look, so that neither a crash nor a person's hand leaves the end untold.
    private async Task<OutageState> TellEndAsync(OutageState state, CancellationToken cancellationToken)
    {
        if (state is { Holds: true } or { BeginTold: false } or { EndTold: true })
            return state;
        await _post.SendAsync(OutageNotices.Up(state), cancellationToken);
        return (await _book.ChangeAsync(state.Class, s => s.Holds || s.EndTold ? s : s with { EndTold = true }, cancellationToken)).State;
    }

    private async Task<OutageState> ProbeAsync(OutageState state, IReadOnlyList<string> held, CancellationToken cancellationToken)
    {
        if (state is { Phase: OutagePhase.Open, NextProbeAt: { } at } && at <= _book.Now && held.Count > 0
            && await _book.HeldJobAsync(held[0], cancellationToken) is { } oldest && OutageDecisions.NextProbe(state, [oldest], _book.Now) is { } chosen)
            (state, _) = await _book.ChangeAsync(state.Class, s => OutageDecisions.NextProbe(s, [chosen], _book.Now) is null ? s : OutageDecisions.Probing(s, chosen, _book.Now), cancellationToken);
        // Done again while it is under way: a crash may have come between choosing and letting go.
        if (state is { Phase: OutagePhase.HalfOpen, Probe: { } probe } && held.Contains(probe.Job.Key))
            await jobs.LetGoAsync(probe.Job, passesOutage: true, cancellationToken);
        return state;
    }

    private async Task<OutageState> ReleaseAsync(OutageState state, OutageRule rule, IReadOnlyList<string> held, CancellationToken cancellationToken)
    {
        int allowed = 0;
        (state, _) = await _book.ChangeAsync(
            state.Class,
            s =>
            {
                (OutageState next, allowed) = OutageDecisions.Releasing(s, rule, held.Count, _book.Now);
                return allowed == 0 ? s : next;
            },
            cancellationToken);
        string? probe = state.Probe?.Job.Key;
        foreach (string key in held.Where(k => k != probe).Take(allowed))
        {
            if (await _book.HeldJobAsync(key, cancellationToken) is { } job)
                await jobs.LetGoAsync(job, passesOutage: state.Holds, cancellationToken);
        }
        if (allowed > 0)
            Count(state.Class, "released", allowed);
        return state;
    }

    private static void Count(string failureClass, string change, int by = 1) =>
        SuiteMetrics.HerderOutages.Add(by, new KeyValuePair<string, object?>("class", failureClass), new KeyValuePair<string, object?>("change", change));
}
