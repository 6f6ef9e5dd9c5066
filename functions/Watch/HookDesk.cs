using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>
/// Looks at one webhook: compares GitLab's log of its events with the archive, tells operators when it is down, has it enabled again and fills the gap.
/// A GitLab that does not answer is no failure of the message: the next look comes within a minute.
/// </summary>
internal sealed class HookDesk(SuitePorts ports, GitLabClient gitLab, SetAside aside, ILogger log)
{
    /// <summary>For the read of the hooks, its retries included: looks must not fill the queue while GitLab hangs.</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(30);

    private readonly HookLogReading _events = new(ports, gitLab, log);
    private readonly Post _post = ports.PostFrom("watch");

    public async Task LookAsync(LookAtHook look, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (ports.FrontDoor is not { } door || now - look.At > HookHealth.LookIsOldAfter
            || HookPlan.Wanted(ports.Config.Current).FirstOrDefault(w => w.Project == look.Project) is not { } wanted)
            return;
        HookRecord? known = await ReadAsync(wanted.Project, cancellationToken);
        if (known?.RefusedUntil > now)
            return;
        try
        {
            IReadOnlyList<GitLabHook> there = await ListAsync(wanted.Project, cancellationToken);
            await LookAsync(HookPlan.Compare(wanted, door, there), known, now, cancellationToken);
        }
        catch (GitLabRefusedException e)
        {
            WatchLog.HookRefused(log, wanted.Project, e.Message);
            TimeSpan rest = e.Status is 403 or 404 ? HookHealth.RefusedFor : HookHealth.LogEvery;
            await UpdateAsync(wanted.Project, r => r with { RefusedUntil = now + rest }, cancellationToken);
        }
        catch (Exception e) when (e is GitLabUnavailableException or SecretsUnavailableException)
        {
            WatchLog.HookUnseen(log, wanted.Project, e.Message);
        }
    }

    private async Task LookAsync(HookStanding standing, HookRecord? known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A hook that was never there is the business of cki hooks install: polling finds everything.
        if (standing.Hook is null && known?.Hook is null)
            return;
        HookLog? events = known?.Log;
        if (standing.Hook is { } hook && (known?.Hook != hook.Id || known.Trouble is not null || events is null || events.ReadAt + HookHealth.LogEvery <= now))
            events = await _events.ReadAsync(standing.Wanted, hook.Id, known?.Hook == hook.Id ? events : null, cancellationToken);
        HookTrouble? trouble = known?.Trouble;
        HookRecord record = known ?? new HookRecord(standing.Wanted.Project);
        if (known is null || (standing.Hook is { } seen && seen.Id != known.Hook) || !ReferenceEquals(events, known.Log) || known.RefusedUntil is not null)
            record = await UpdateAsync(record.Project, r => r with { Hook = standing.Hook?.Id ?? r.Hook, Log = events, RefusedUntil = null }, cancellationToken);
        bool isTestable = standing.Hook is not null && trouble is not null && await IsTestableAsync(standing.Wanted.Project, trouble, now, cancellationToken);
        HookAct act = HookHealth.Decide(trouble, WhyDown(standing, events), isTestable, now);
        await ActAsync(standing, record, act, cancellationToken);
    }

    private Task ActAsync(HookStanding standing, HookRecord record, HookAct act, CancellationToken cancellationToken) => act switch
    {
        HookAct.Begin begin => BeginAsync(record, begin.Trouble, cancellationToken),
        HookAct.Test test => TestAsync(standing, test.Trouble, cancellationToken),
        HookAct.End => EndAsync(record, cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>Noted before it is told, so that whatever was told has its end.</summary>
    private async Task BeginAsync(HookRecord record, HookTrouble trouble, CancellationToken cancellationToken)
    {
        await UpdateAsync(record.Project, r => r with { Trouble = trouble }, cancellationToken);
        WatchLog.HookDown(log, record.Project, trouble.Why);
        await FillAsync(record.Project, cancellationToken);
        await _post.SendAsync(WatchNotices.OfHook(record.Project, trouble), cancellationToken);
        await UpdateAsync(record.Project, r => r with { Trouble = r.Trouble is { } t ? t with { IsTold = true } : null }, cancellationToken);
        SuiteMetrics.Hooks.Add(1, new KeyValuePair<string, object?>("change", "down"));
    }

    /// <summary>The try is noted first: a killed look does not repeat it at once.</summary>
    private async Task TestAsync(HookStanding standing, HookTrouble trouble, CancellationToken cancellationToken)
    {
        await UpdateAsync(standing.Wanted.Project, r => r with { Trouble = trouble }, cancellationToken);
        SuiteMetrics.Hooks.Add(1, new KeyValuePair<string, object?>("change", "tested"));
        (GitLabHookTest test, string kind) = await HookTesting.TryAsync(gitLab, standing.Wanted, standing.Hook!.Id, cancellationToken);
        WatchLog.HookTested(log, standing.Wanted.Project, kind, trouble.Tests, test is GitLabHookTest.Failed failed ? $"{failed.Status} {failed.Reason}" : "answered");
    }

    private async Task EndAsync(HookRecord record, CancellationToken cancellationToken)
    {
        if (record.Trouble is not null)
        {
            WatchLog.HookUp(log, record.Project);
            await FillAsync(record.Project, cancellationToken);
            SuiteMetrics.Hooks.Add(1, new KeyValuePair<string, object?>("change", "up"));
        }
        await _post.SendAsync(WatchNotices.OfHookUp(record.Project), cancellationToken);
        await UpdateAsync(record.Project, r => r with { Trouble = null }, cancellationToken);
    }

    /// <summary>What the hook did not tell of is looked for.</summary>
    private async Task FillAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        foreach (TreeConfig tree in ports.Config.Current.Trees.Where(t => t.Project == project))
            await _post.SendAsync(new PollRequested(tree.Name, PollPlan.Reconciliation), cancellationToken);
    }

    private async Task<bool> IsTestableAsync(ProjectRef project, HookTrouble trouble, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (TreeConfig tree in ports.Config.Current.Trees.Where(t => t.Project == project))
        {
            TreeHeads? heads = (await ports.Documents.GetAsync(TreeHeads.Key(tree.Name), DocumentJson.Default.TreeHeads, cancellationToken))?.Value;
            if (!HookHealth.IsLookedAt(heads, trouble, now))
                return false;
        }
        return true;
    }

    private static string? WhyDown(HookStanding standing, HookLog? events) => standing.Hook switch
    {
        null => $"there is no hook to {standing.Address} any more",
        { AlertStatus: "disabled" } => "GitLab has disabled it for good after 40 failures in a row",
        { AlertStatus: "temporarily_disabled" } => "GitLab has disabled it after failures",
        // Its time is over, but only a delivery that is answered proves that it works.
        { DisabledUntil: not null } => "GitLab had disabled it, and nothing has arrived since",
        _ => events is { IsFailing: true } ? "the newest deliveries all failed" : null,
    };

    private async Task<IReadOnlyList<GitLabHook>> ListAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadLimit, ports.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await gitLab.ListHooksAsync(project, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new GitLabUnavailableException($"The hooks of {project} could not be read within {ReadLimit.TotalSeconds:0} s", e);
        }
    }

    private async Task<HookRecord?> ReadAsync(ProjectRef project, CancellationToken cancellationToken)
    {
        try
        {
            return (await ports.Documents.GetAsync(HookRecord.Key(project), HookJson.Default.HookRecord, cancellationToken))?.Value;
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(HookRecord.Key(project), e.Message, cancellationToken);
            // Operators may have been told of trouble: if there is none, they hear of its end.
            return new HookRecord(project) { Trouble = new HookTrouble(ports.Clock.GetUtcNow(), "its record could not be read") { IsTold = true } };
        }
    }

    private async Task<HookRecord> UpdateAsync(ProjectRef project, Func<HookRecord, HookRecord> change, CancellationToken cancellationToken)
    {
        HookRecord changed = new(project);
        await ports.Documents.UpdateAsync(
            HookRecord.Key(project), HookJson.Default.HookRecord, current => changed = change(current ?? new HookRecord(project)), cancellationToken);
        return changed;
    }
}
