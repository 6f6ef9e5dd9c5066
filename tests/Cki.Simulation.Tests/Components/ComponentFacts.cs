using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>What became of one head, from facts that stand outside of ours. Times are since the start.</summary>
/// <param name="Started">Its pipeline; null: it has none.</param>
/// <param name="Ended">Its last job; null: some have not.</param>
/// <param name="Reported">By channel: when its final report arrived, and what it said.</param>
public sealed record HeadFacts(Pushed Head, int Pipelines, TimeSpan? Started, TimeSpan? Ended, SortedDictionary<string, (TimeSpan At, string Verdict)> Reported)
{
    public TimeSpan? StartedAfter => Started - Head.At;

    public TimeSpan? ReportedAfter(string channel) => Reported.TryGetValue(channel, out (TimeSpan At, string Verdict) final) ? final.At - Ended : null;

    /// <summary>When the last of its channels had it; null: some has not.</summary>
    public TimeSpan? AccountedAt => ComponentTown.ChannelsOf(Head).All(Reported.ContainsKey) ? Reported.Values.Max(final => final.At) : null;
}

/// <summary>What the world saw of a component's absence.</summary>
public sealed class ComponentFacts(Simulation simulation, Town town, ComponentTown people, Signals signals)
{
    private readonly DateTimeOffset started = simulation.GetUtcNow() - simulation.Elapsed;

    public Signals Signals => signals;

    public IReadOnlyList<HeadFacts> Heads => [.. town.Commits.Heads.Select(Of)];

    /// <summary>As operators got them, copies apart: key and kind, in order of time.</summary>
    public IReadOnlyList<(TimeSpan At, string Key, string Kind)> Notices =>
    [
        .. town.Receivers.Receipts.Where(receipt => receipt is { Channel: "operators", Notice: not null }).DistinctBy(receipt => receipt.Id)
            .Select(receipt => (receipt.At, receipt.Notice!.Split(' ')[0], receipt.Notice.Split(' ')[1])),
    ];

    /// <summary>Reports of runs that nobody but operators should get: none is wanted in these worlds.</summary>
    public IReadOnlyList<string> ToOperators =>
        [.. town.Receivers.Receipts.Where(receipt => receipt is { Channel: "operators", Notice: null }).Select(receipt => $"{receipt.Kind} {receipt.Verdict} of {receipt.Run}")];

    public IReadOnlyList<(TimeSpan At, int Status)> Answers => [.. town.DoorAnswers.Where(answer => answer.At > ComponentWorld.Goes)];

    /// <summary>Reports that arrived twice under one id.</summary>
    public int Copies => town.Receivers.Receipts.Concat(people.Mailbox).Where(r => r.Notice is null).GroupBy(r => (r.Channel, r.Id)).Sum(same => same.Count() - 1);

    /// <summary>All heads are pushed and accounted for, and no notice stands.</summary>
    public bool IsOver => simulation.Elapsed > ComponentWorld.Returns + ComponentTown.PushesUntil && Heads.All(head => head.AccountedAt is not null)
        && Notices.GroupBy(notice => notice.Key).All(notice => notice.Last().Kind != "start");

    public string Figures()
    {
        string heads = string.Join("; ", Heads.Select(h => $"{h.Head.Branch}@{Span(h.Head.At)} start +{Span(h.StartedAfter)} end {Span(h.Ended)} "
            + string.Join(' ', h.Reported.Select(r => $"{r.Key[..2]}+{Span(h.ReportedAfter(r.Key))}{(r.Value.Verdict is "Passed" or "success" ? "" : $"={r.Value.Verdict}")}"))));
        string notices = string.Join(", ", Notices.Select(n => $"{n.Key} {n.Kind} {Span(n.At)}"));
        string answers = string.Join(", ", Answers.Where(a => a.At < ComponentWorld.Returns).GroupBy(a => a.Status).OrderBy(a => a.Key).Select(a => $"{a.Key}: {a.Count()}"));
        return $"{heads} | notices {notices} | alarms {signals.Told()} | door {answers}{(signals.WasSpilled ? ", spilled" : "")} | {Copies} copies";
    }

    private static string Span(TimeSpan? span) => span is { } s ? $"{(int)s.TotalHours}:{s.Minutes:00}" : "-";

    private HeadFacts Of(Pushed head)
    {
        GitLabPipeline[] pipelines = [.. town.GitLab.Pipelines.Where(p => p.Variables.GetValueOrDefault("CKI_SHA") == head.Sha)];
        var reported = new SortedDictionary<string, (TimeSpan, string)>(StringComparer.Ordinal);
        foreach (Receipt receipt in town.Receivers.Receipts.Concat(people.Mailbox).Where(r => r.Sha == head.Sha && r.Channel != "operators" && r.Kind.StartsWith("final", StringComparison.Ordinal)))
            reported.TryAdd(receipt.Channel, (receipt.At, receipt.Verdict!));
        // People who were told early hear nothing more where nothing changed.
        foreach (Receipt receipt in people.Mailbox.Where(r => r.Sha == head.Sha && r.Channel != "operators" && r.Kind.StartsWith("early", StringComparison.Ordinal)))
            reported.TryAdd(receipt.Channel, (receipt.At, receipt.Verdict!));
        if (signals.FinalStatus(head.Sha) is { } final)
            reported["status"] = (final, town.GitLab.CommitStatuses.Last(s => s.Sha == head.Sha).State);
        GitLabJob[] jobs = [.. pipelines.SelectMany(p => p.Jobs)];
        bool isOver = jobs.Length > 0 && jobs.Where(job => !job.Superseded && job.Status != "skipped").All(job => job.FinishedAt is not null);
        return new HeadFacts(
            head, pipelines.Length, pipelines.Length == 0 ? null : pipelines.Min(p => p.CreatedAt) - started, isOver ? jobs.Max(job => job.FinishedAt) - started : null, reported);
    }
}
