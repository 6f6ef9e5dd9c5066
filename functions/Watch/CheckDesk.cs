using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Looks at one check: lease, look, note, tell. A peer that does not answer is no failure of the message.</summary>
internal sealed class CheckDesk(SuitePorts ports, CheckBook book, CheckLooks looks, ILogger log)
{
    private readonly Post _post = ports.PostFrom("watch");

    public async Task LookAsync(LookAtCheck look, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (now - look.At > CheckPlan.LookIsOldAfter || ports.Config.Current.Checks.Check(look.Name) is not { } check)
        {
            WatchLog.CheckNotLooked(log, look.Name, "nobody wants it any more");
            return;
        }
        if (await LeaseAsync(check, look.IsAsked, now, cancellationToken) is not { } leased)
        {
            WatchLog.CheckNotLooked(log, look.Name, "another looks, or has just looked");
            return;
        }
        IReadOnlyList<CheckState> dependencies = await book.DependenciesAsync(check, cancellationToken);
        CheckState? after = CheckDependencies.Root(dependencies) is { } root
            ? await NoteAsync(check, leased, (s, under) => CheckJudgement.Blocked(check, s, root, under), cancellationToken)
            : await JudgeAsync(check, leased, dependencies, cancellationToken);
        if (after is not null)
            await book.TellAsync(check, after, cancellationToken);
    }

    /// <summary>A beat that ends trouble is told of at once.</summary>
    public async Task BeatAsync(HeartbeatReceived beat, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (ports.Config.Current.Checks.Check(beat.Name) is not { Target: CheckTarget.Heartbeat heartbeat } check)
        {
            WatchLog.CheckNotLooked(log, beat.Name, "checks.yaml has no such heartbeat");
            return;
        }
        CheckState state = await book.ChangeAsync(check.Name, s => CheckBeats.Beaten(check, s, beat.At, now), cancellationToken);
        if (state.Status == CheckStatus.Up || state.Because is not null)
            return;
        CheckState after = await book.ChangeAsync(
            check.Name, s => CheckJudgement.After(check, s, CheckBeats.Sight(heartbeat, s, now), Under(check, now)) with { LookingUntil = s?.LookingUntil }, cancellationToken);
        await book.TellAsync(check, after, cancellationToken);
    }

    private async Task<CheckState?> LeaseAsync(CheckConfig check, bool isAsked, DateTimeOffset now, CancellationToken cancellationToken)
    {
        bool isOurs = false;
        CheckState Leased(CheckState? standing)
        {
            CheckState leased = CheckPlan.Leased(check, standing, now, isAsked);
            isOurs = !ReferenceEquals(leased, standing);
            return leased;
        }
        CheckState state = await book.ChangeAsync(check.Name, Leased, cancellationToken);
        return isOurs ? state : null;
    }

    private async Task<CheckState?> JudgeAsync(CheckConfig check, CheckState leased, IReadOnlyList<CheckState> dependencies, CancellationToken cancellationToken)
    {
        long began = ports.Clock.GetTimestamp();
        CheckSight sight = await looks.LookAsync(check, leased, cancellationToken);
        var kind = new KeyValuePair<string, object?>("kind", check.Target.Kind);
        SuiteMetrics.CheckSeconds.Record(ports.Clock.GetElapsedTime(began).TotalSeconds, kind);
        if (sight.News is { } news)
            await _post.SendAsync(news, cancellationToken);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        bool isBad = sight.Status is CheckStatus.Down or CheckStatus.Degraded && sight.Status != leased.Status;
        IReadOnlyList<string> undecided = isBad ? CheckDependencies.Undecided(check, dependencies, leased.AgainstSince ?? now, now) : [];
        CheckState? after = await NoteAsync(check, leased, (s, under) => CheckJudgement.After(check, s, sight, under, isHeld: undecided.Count > 0), cancellationToken);
        foreach (string name in undecided)
            await _post.SendAsync(new LookAtCheck(name, now), cancellationToken);
        if (after is not null)
            SuiteMetrics.CheckStatus.Record(Number(after.Status), new KeyValuePair<string, object?>("check", check.Name), kind);
        return after;
    }

    /// <summary>Null: our lease ran out and another looks.</summary>
    private async Task<CheckState?> NoteAsync(CheckConfig check, CheckState leased, Func<CheckState, LookedUnder, CheckState> change, CancellationToken cancellationToken)
    {
        LookedUnder under = Under(check, ports.Clock.GetUtcNow());
        CheckState noted = await book.ChangeAsync(
            check.Name, s => s is not null && s.LookingUntil != leased.LookingUntil ? s : change(s ?? leased, under), cancellationToken);
        return noted.LookedAt == under.Now ? noted : null;
    }

    private LookedUnder Under(CheckConfig check, DateTimeOffset now) => new(now, ports.Config.Current.Checks.MaintenanceOf(check.Name, now));

    private static long Number(CheckStatus status) => status switch
    {
        CheckStatus.Up => 0,
        CheckStatus.Degraded => 1,
        CheckStatus.Down => 2,
        CheckStatus.Pending or CheckStatus.Unknown => 3,
        _ => throw new UnreachableException(),
    };
}
