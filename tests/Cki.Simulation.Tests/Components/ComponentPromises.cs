namespace Cki.Simulation.Tests;

/// <summary>
/// Holds what happened against components.yaml, both ways: nothing worse than is allowed, and nothing allowed that does not come true, or the file would
/// tell people to expect what never happens.
/// </summary>
public sealed class ComponentPromises(ComponentEntry entry, ComponentFacts facts, bool mayRepeat)
{
    /// <summary>A webhook that nobody got costs a poll: five minutes, the tick that asks for it, and the messages' way.</summary>
    private static readonly TimeSpan StartsOnTime = TimeSpan.FromMinutes(8);

    /// <summary>A signal that nobody gave costs a check: two of fifteen minutes and the quiet between them.</summary>
    private static readonly TimeSpan ReportsOnTime = TimeSpan.FromMinutes(40);

    public void Check()
    {
        CheckHeads();
        CheckStarts();
        foreach (string channel in (string[])["developers", "files", "list", "status"])
            CheckVerdicts(channel);
        if (entry.Allows.Verdicts == "late")
            Holds(ComponentTown.ChannelsOf(facts.Heads[0].Head).Any(channel => Affected(channel) && facts.Heads.Any(head => IsLate(head, channel))), "no report came late, though components.yaml says so");
        CheckIntake();
        CheckNoticed();
        CheckOtherNotices();
        Holds(mayRepeat || facts.Copies == 0, $"{facts.Copies} reports came twice");
    }

    private bool Touches(Pushed head) => entry.Allows.Only is not { } only || !only.StartsWith("tree ", StringComparison.Ordinal) || ComponentTown.IsElsewhere(head) == (only == $"tree {ComponentTown.Elsewhere}");

    private bool Affected(string channel) => entry.Allows.Only is not { } only || !only.StartsWith("channel ", StringComparison.Ordinal) || only == $"channel {channel}";

    private void CheckHeads()
    {
        foreach (HeadFacts head in facts.Heads)
        {
            Holds(head.Pipelines == 1, $"{Name(head)} has {head.Pipelines} pipelines");
            string verdict = head.Head.Nature == Nature.Good ? nameof(Verdict.Passed) : nameof(Verdict.Failed);
            string state = head.Head.Nature == Nature.Good ? "success" : "failed";
            Holds(head.AccountedAt is not null, $"{Name(head)} is reported on {string.Join(", ", head.Reported.Keys)} only");
            (string Channel, (TimeSpan, string Verdict) Final)[] wrong = [.. head.Reported.Where(r => r.Value.Verdict != (r.Key == "status" ? state : verdict)).Select(r => (r.Key, r.Value))];
            Holds(wrong.Length == 0, $"{Name(head)} is {head.Head.Nature}, and was reported {string.Join(", ", wrong.Select(w => $"{w.Final.Verdict} on {w.Channel}"))}");
            TimeSpan by = ComponentWorld.Returns + entry.AccountedWithin;
            Holds(head.Head.At > ComponentWorld.Returns || head.AccountedAt <= by, $"{Name(head)} is accounted for at {head.AccountedAt}, and {by} was the last moment");
        }
        Holds(facts.ToOperators.Count == 0, $"operators got {string.Join(", ", facts.ToOperators)}");
    }

    private void CheckStarts()
    {
        HeadFacts[] late = [.. facts.Heads.Where(head => head.StartedAfter > StartsOnTime)];
        HeadFacts? odd = late.FirstOrDefault(head => entry.Allows.Starts != "late" || !Touches(head.Head) || head.Head.At > ComponentWorld.Returns);
        Holds(odd is null, $"{(odd is null ? "" : Name(odd))} got its pipeline after {odd?.StartedAfter}");
        Holds(entry.Allows.Starts != "late" || late.Length > 0, "every pipeline started on time, though components.yaml says late");
    }

    private void CheckVerdicts(string channel)
    {
        HeadFacts? odd = facts.Heads.FirstOrDefault(head => IsLate(head, channel)
            && (entry.Allows.Verdicts != "late" || !Affected(channel) || !Touches(head.Head) || head.Ended > ComponentWorld.Returns + entry.AccountedWithin));
        Holds(odd is null, $"{(odd is null ? "" : Name(odd))} was reported on {channel} {odd?.ReportedAfter(channel)} after its last job");
    }

    private static bool IsLate(HeadFacts head, string channel) => head.ReportedAfter(channel) > ReportsOnTime;

    private void CheckIntake()
    {
        (TimeSpan At, int Status)[] meanwhile = [.. facts.Answers.Where(answer => answer.At < ComponentWorld.Returns)];
        bool isRefused = meanwhile.Any(answer => answer.Status >= 500);
        bool isOdd = facts.Answers.Any(answer => answer.Status != 202 && (answer.Status < 500 || answer.At > ComponentWorld.Returns + TimeSpan.FromMinutes(1)));
        Holds(!isOdd, $"the door answered {string.Join(", ", facts.Answers.Where(answer => answer.Status != 202).Select(answer => $"{answer.Status} at {answer.At}"))}");
        string seen = isRefused ? "refuses" : facts.Signals.WasSpilled ? "spills" : "takes";
        Holds(seen == entry.Allows.Intake, $"the door {seen} what comes, and components.yaml says {entry.Allows.Intake}");
    }

    private void CheckNoticed()
    {
        (string? notice, string? alarm, _, TimeSpan within, TimeSpan endsWithin) = entry.Noticed;
        if (alarm is not null)
        {
            TimeSpan? at = facts.Signals.First(alarm);
            Holds(at <= ComponentWorld.Goes + within, $"{alarm} was {(at is null ? "silent" : $"on at {at}")}; alarms: {facts.Signals.Told()}");
            TimeSpan? last = facts.Signals.Last(alarm);
            Holds(last <= ComponentWorld.Returns + endsWithin, $"{alarm} was still on at {last}");
        }
        if (notice is null)
            return;
        var told = facts.Notices.Where(n => IsOf(notice, n.Key)).GroupBy(n => n.Key).ToArray();
        TimeSpan by = alarm is null ? ComponentWorld.Goes + within : ComponentWorld.Returns + endsWithin;
        Holds(told.Length > 0, $"operators got no {notice}, but {string.Join(", ", facts.Notices)}");
        foreach (IGrouping<string, (TimeSpan At, string Key, string Kind)> one in told)
        {
            CheckPaired(one);
            Holds(one.First().At >= ComponentWorld.Goes && one.First().At <= by, $"{one.Key} was told at {one.First().At}");
            Holds(one.Last().At >= ComponentWorld.Returns && one.Last().At <= ComponentWorld.Returns + endsWithin, $"the end of {one.Key} was told at {one.Last().At}");
        }
    }

    /// <summary>Whatever else began has ended.</summary>
    private void CheckOtherNotices()
    {
        foreach (var notice in facts.Notices.Where(n => entry.Noticed.Notice is not { } own || !IsOf(own, n.Key)).GroupBy(n => n.Key))
        {
            Holds(entry.Also.Any(also => IsOf(also, notice.Key)), $"operators got {notice.Key}, which components.yaml does not tell of");
            // Where operators could not be told that it began, its end alone tells of it.
            if (notice.Count() > 1 || notice.Single().Kind != "end")
                CheckPaired(notice);
        }
    }

    private static void CheckPaired(IGrouping<string, (TimeSpan At, string Key, string Kind)> notice) => Holds(
        notice.Select(n => n.Kind).SequenceEqual(["start", "end"]), $"operators got of {notice.Key}: {string.Join(", ", notice.Select(n => $"{n.Kind} at {n.At}"))}");

    private static bool IsOf(string pattern, string key) => pattern.EndsWith('*') ? key.StartsWith(pattern[..^1], StringComparison.Ordinal) : key == pattern;

    private static string Name(HeadFacts head) => $"{head.Head.Branch} {head.Head.Sha[..8]} (pushed at {head.Head.At})";

    private static void Holds(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
