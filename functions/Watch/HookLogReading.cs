using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Compares GitLab's log of a hook's events with our archive, from where the last read stopped; what failed or never came is injected.</summary>
internal sealed class HookLogReading(SuitePorts ports, GitLabClient gitLab, ILogger log)
{
    /// <summary>Of 50 events each; older ones are left to polling.</summary>
    private const int PagesMax = 10;

    /// <summary>As many failures in a row as make GitLab disable a hook, where it does that at all.</summary>
    private const int FailuresMany = 4;

    private readonly FoundDeliveries _found = new(ports, log);

    /// <param name="standing">Null at the first read of this hook: what is logged then is taken as it is, for it is from before our time.</param>
    /// <returns>How far the comparison is now; the same where GitLab could not be read.</returns>
    public async Task<HookLog?> ReadAsync(WantedHook wanted, long hook, HookLog? standing, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (standing?.RefusedUntil > now)
            return standing;
        try
        {
            IReadOnlyList<GitLabHookEvent> events = await ListAsync(wanted, hook, standing, cancellationToken);
            if (standing is not null)
                await TakeAsync(wanted, events.Where(e => standing.IsNew(e.Id)), standing.ReadAt, cancellationToken);
            HookLog read = standing ?? new HookLog([], events.Count == 0 ? 0 : events[^1].Id - 1, now);
            GitLabHookEvent[] newest = [.. events.Take(FailuresMany)];
            return read.With(events.Select(e => e.Id), now) with { IsFailing = newest.Length == FailuresMany && newest.All(e => !e.IsDelivered) };
        }
        catch (GitLabRefusedException e) when (e.Status is 403 or 404)
        {
            WatchLog.HookLogRefused(log, wanted.Project, e.Message);
            return (standing ?? new HookLog([], 0, now)) with { ReadAt = now, IsFailing = false, RefusedUntil = now + HookHealth.RefusedFor };
        }
        catch (GitLabUnavailableException e)
        {
            WatchLog.HookUnseen(log, wanted.Project, e.Message);
            return standing;
        }
    }

    /// <summary>Newest first: the first page at first sight, else back to what is done.</summary>
    private async Task<IReadOnlyList<GitLabHookEvent>> ListAsync(WantedHook wanted, long hook, HookLog? standing, CancellationToken cancellationToken)
    {
        var all = new List<GitLabHookEvent>();
        for (int number = 1; number <= PagesMax; number++)
        {
            GitLabHookEventPage page = await gitLab.ListHookEventsAsync(wanted.Project, hook, number, cancellationToken);
            all.AddRange(page.Events);
            if (page.IsLast || standing is null || !page.Events.Any(e => standing.IsNew(e.Id)))
                break;
            if (number == PagesMax)
                WatchLog.HookLogTooLong(log, wanted.Project, all.Count);
        }
        // New events move the others to later pages while we turn them.
        return [.. all.DistinctBy(e => e.Id).OrderByDescending(e => e.Id)];
    }

    private async Task TakeAsync(WantedHook wanted, IEnumerable<GitLabHookEvent> events, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (GitLabHookEvent happened in events.OrderBy(e => e.Id))
            await _found.TakeAsync(wanted, happened, since, cancellationToken);
    }
}
