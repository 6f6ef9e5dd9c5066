namespace Cki;

/// <summary>
/// Decides on one ended job: what it says about the commit, and what to do now. herding.md's table per attempt, row by row. Two promises rule it:
/// nobody is blamed for infrastructure, and a real failure is never retried away.
/// </summary>
/// <remarks>
/// <see cref="HerdAct.Confirm"/> means "one re-run elsewhere, and the parent compared" (<see cref="Confirming"/>): weak evidence alone never blames.
/// </remarks>
public sealed class Herding(Matchers matchers)
{
    private const int QuotesMax = 12;
    private static readonly TimeSpan RuleDelay = TimeSpan.FromMinutes(5);

    public Matchers Matchers { get; } = matchers;

    public HerdDecision Decide(FailedJobFacts facts)
    {
        MatcherHit hit = Matchers.Find(facts);
        HerdDecision decision = facts.Job.Status switch
        {
            GitLabStatus.Success => Passed(facts, hit),
            GitLabStatus.Canceled => Canceled(facts),
            GitLabStatus.Failed => Failed(facts, hit),
            _ => Made(facts, HerdAct.Leave, JobFinding.NotRun, "not-run", $"status {facts.Job.Status}: it did not run"),
        };
        decision = Confirming.Judge(decision, facts);
        string shadows = hit.Shadows.Count == 0 ? "" : $" (in shadow: {string.Join(", ", hit.Shadows)} would have acted)";
        return decision with { Reason = decision.Reason + shadows, Shadows = hit.Shadows };
    }

    private static HerdDecision Passed(FailedJobFacts facts, MatcherHit hit)
    {
        if (hit.Matcher is { Builtin: "missed_tests" } or { Action: HerdAct.Report or HerdAct.Alert })
            return Made(facts, ActOf(hit.Matcher), JobFinding.NotRun, hit.Matcher.Name, "passed, but tested nothing") with { Class = hit.Matcher.Class };
        if (facts.Trace.MissedTests is not null)
            return Made(facts, HerdAct.Report, JobFinding.NotRun, "missed_tests", "passed, but tested nothing");
        return Made(facts, HerdAct.Leave, JobFinding.Passed, null, Of(facts, EvidenceStrength.Strong).Any() ? "passed, with a new warning" : "passed");
    }

    private static HerdDecision Canceled(FailedJobFacts facts)
    {
        if (facts.IsSiblingUndecided)
            return Made(facts, HerdAct.Later, JobFinding.Nothing, null, "cancelled with a sibling that has no decision yet");
        return facts.CanceledBySibling && facts.EarlierAttempts == 0
            ? Made(facts, HerdAct.Retry, JobFinding.Nothing, "canceled-with-sibling", "cancelled because a sibling failed for a system reason") with { Delay = RuleDelay, RetryLimit = 1 }
            : Made(facts, HerdAct.Leave, JobFinding.Canceled, "canceled", "cancelled by a person or a newer pipeline: never retried");
    }

    private static HerdDecision Failed(FailedJobFacts facts, MatcherHit hit)
    {
        if (!facts.Trace.IsComplete && !facts.IsTraceFinal)
            return Made(facts, HerdAct.Later, JobFinding.Nothing, null, "the trace is not complete yet");
        FailureKind kind = FailureReasons.KindOf(facts.Job.FailureReason);
        return FromResults(facts, kind) ?? FromStrong(facts, kind) ?? FromReason(facts, kind) ?? FromConfiguration(facts)
            ?? FromWeak(facts, kind, hit) ?? FromHost(facts) ?? FromMatcher(facts, hit) ?? Unexplained(facts, kind);
    }

    private static HerdDecision? FromResults(FailedJobFacts facts, FailureKind kind)
    {
        if (facts.Results is not { Failed: { Count: > 0 } failed })
            return ResultsStand(facts);
        HerdDecision made = Made(facts, HerdAct.Leave, JobFinding.Failed, "structured-results", $"{failed.Count} test(s) failed: {failed[0]}");
        return kind == FailureKind.System ? Finish(facts, made) : made;
    }

    // What failed is an upload or a clean-up after the tests, and their results are safe: nothing is to be run again.
    private static HerdDecision? ResultsStand(FailedJobFacts facts) =>
        facts is { Results: { Passed: > 0, Failed.Count: 0 } results, Trace.Section: TraceSection.AfterScript or TraceSection.Upload }
            && !Of(facts, EvidenceStrength.Strong).Any()
            ? Made(facts, HerdAct.Leave, JobFinding.Passed, "results-stand", $"its {results.Passed} test(s) passed and their results are stored; what failed came after")
            : null;

    private static HerdDecision? FromStrong(FailedJobFacts facts, FailureKind kind)
    {
        Evidence? strong = Of(facts, EvidenceStrength.Strong).FirstOrDefault();
        if (strong is null)
            return null;
        // Errors of a build whose disk was already full before may be the disk's doing; somewhere else will tell.
        Evidence? host = Of(facts, EvidenceStrength.Host).FirstOrDefault(e => e.Name.StartsWith("build disk", StringComparison.Ordinal));
        if (host is not null && host.LineNumber < strong.LineNumber)
            return Made(facts, HerdAct.Confirm, JobFinding.Undetermined, "build-after-full-disk", $"{host.Name} came before {strong.Name}: confirm on another machine");
        HerdDecision made = Made(facts, HerdAct.Leave, JobFinding.Failed, null, $"evidence against the commit: {strong.Name}");
        return kind is FailureKind.System or FailureKind.Starved ? Finish(facts, made) : made;
    }

    // The rest of the job may still hold news; the evidence outlives the re-run.
    private static HerdDecision Finish(FailedJobFacts facts, HerdDecision made) => facts.EarlierAttempts > 0
        ? made
        : made with { Act = HerdAct.Retry, Matcher = "finish", Delay = RuleDelay, RetryLimit = 1, Reason = $"{made.Reason}; ended by {facts.Job.FailureReason}: one retry to finish" };

    private static HerdDecision? FromReason(FailedJobFacts facts, FailureKind kind) => kind switch
    {
        FailureKind.Configuration => Made(facts, HerdAct.Report, JobFinding.Configuration, "failure-reason", $"GitLab refused it: {facts.Job.FailureReason}"),
        FailureKind.MissingInput when facts is { RetriedProducer: { } producer, EarlierAttempts: 0 } =>
            Made(facts, HerdAct.Retry, JobFinding.NotRun, "consumer", $"its input was missing, and {producer} is run again: so is this") with { Delay = RuleDelay, RetryLimit = 1 },
        FailureKind.MissingInput => Made(facts, HerdAct.Report, JobFinding.NotRun, "missing-input", "its producers' artifacts are missing or expired: not run"),
        FailureKind.Unknown => Made(facts, HerdAct.Report, JobFinding.Undetermined, "unknown-reason", $"GitLab gives a reason we do not know: {facts.Job.FailureReason}"),
        _ => null,
    };

    private static HerdDecision? FromConfiguration(FailedJobFacts facts)
    {
        Evidence? found = Of(facts, EvidenceStrength.Configuration).LastOrDefault();
        return found?.Name switch
        {
            null => null,
            "patch does not apply" => Made(facts, HerdAct.Leave, JobFinding.Failed, "does-not-apply", "the patch does not apply"),
            "vanished commit" => Made(facts, HerdAct.Leave, JobFinding.NotRun, "vanished", "the commit vanished: force push, or collected"),
            _ => Made(facts, HerdAct.Leave, JobFinding.Configuration, "configuration", $"our command or kernel configuration: {found.Name}"),
        };
    }

    private static HerdDecision? FromWeak(FailedJobFacts facts, FailureKind kind, MatcherHit hit)
    {
        Evidence? weak = Of(facts, EvidenceStrength.Weak).FirstOrDefault();
        // Firmware that never came to a boot loader makes the lab's time-out say nothing about a kernel.
        if (weak is not null && !(facts.Trace.NeverReachedKernel && weak.Name == "boot timed out"))
            return Made(facts, HerdAct.Confirm, JobFinding.Undetermined, "weak-evidence", $"kernel or host: {weak.Name}");
        if (kind == FailureKind.TimedOut || (kind == FailureKind.Script && facts.Trace.End == JobEnd.TimedOut))
        {
            return IsBuild(facts.Job) && hit.Matcher is null
                ? Retry(facts, "build-timed-out", "timeout", "the build ran out of time: once more elsewhere", JobFinding.Undetermined)
                : Made(facts, HerdAct.Confirm, JobFinding.Undetermined, "timed-out", "the job ran out of time: kernel or host");
        }
        return null;
    }

    private static HerdDecision? FromHost(FailedJobFacts facts)
    {
        Evidence? host = Of(facts, EvidenceStrength.Host).FirstOrDefault();
        if (host is not null)
            return Retry(facts, "host-trouble", host.Name.Replace(' ', '-'), $"the machine, not the kernel: {host.Name}", JobFinding.Undetermined);
        return facts.Trace.NeverReachedKernel
            ? Retry(facts, "boot-firmware", "lab", "the machine never came to its boot loader", JobFinding.NotRun)
            : null;
    }

    private static HerdDecision? FromMatcher(FailedJobFacts facts, MatcherHit hit)
    {
        if (hit.Matcher is not { } matcher || (facts.Trace.IsEmpty && FailureReasons.KindOf(facts.Job.FailureReason) == FailureKind.Script))
            return null;
        if (matcher.Action != HerdAct.Retry)
            return Made(facts, ActOf(matcher), JobFinding.Undetermined, matcher.Name, matcher.Description) with { Class = matcher.Class };
        JobFinding finding = facts.Trace.TestsPassed || facts.Results is { Passed: > 0, Failed.Count: 0 } ? JobFinding.Passed : JobFinding.Nothing;
        if (facts.EarlierAttempts >= matcher.RetryLimit)
        {
            JobFinding spent = finding == JobFinding.Passed ? finding : JobFinding.Infrastructure;
            return Made(facts, HerdAct.Report, spent, matcher.Name, $"{matcher.Description}: retried {facts.EarlierAttempts} time(s), the limit") with { Class = matcher.Class };
        }
        if (matcher.Class is { } failureClass && facts.ClassesInOutage.Contains(failureClass, StringComparer.Ordinal))
            return Made(facts, HerdAct.Hold, finding, matcher.Name, $"class {failureClass} is in outage") with { Class = failureClass, RetryLimit = matcher.RetryLimit };
        TimeSpan delay = matcher.RetryDelays.Count == 0 ? RuleDelay : matcher.RetryDelays[Math.Min(facts.EarlierAttempts, matcher.RetryDelays.Count - 1)];
        return Made(facts, HerdAct.Retry, finding, matcher.Name, matcher.Description) with { Class = matcher.Class, Delay = delay, RetryLimit = matcher.RetryLimit };
    }

    private static HerdDecision Unexplained(FailedJobFacts facts, FailureKind kind) => kind is FailureKind.System or FailureKind.Starved
        ? Made(facts, HerdAct.Report, JobFinding.Infrastructure, "failure-reason", $"{facts.Job.FailureReason}, and no matcher retries it")
        : Made(facts, HerdAct.Leave, JobFinding.Undetermined, null, facts.Trace.IsEmpty ? "no trace, and no system reason" : "cause unknown: nothing in the trace explains the end");

    // At most one retry, elsewhere; the same again on a second machine is no longer the machine's alone.
    private static HerdDecision Retry(FailedJobFacts facts, string rule, string failureClass, string reason, JobFinding whenSpent) => facts.EarlierAttempts == 0
        ? Made(facts, HerdAct.Retry, JobFinding.Nothing, rule, reason) with { Class = failureClass, Delay = RuleDelay, RetryLimit = 1 }
        : Made(facts, HerdAct.Report, whenSpent, rule, $"{reason}; and so it was before") with { Class = failureClass };

    private static bool IsBuild(PipelineJob job) =>
        job.Stage.Contains("build", StringComparison.OrdinalIgnoreCase) || job.Stage.Contains("compile", StringComparison.OrdinalIgnoreCase);

    private static HerdAct ActOf(MatcherConfig matcher) => matcher.Action == HerdAct.Alert ? HerdAct.Alert : HerdAct.Report;

    private static IEnumerable<Evidence> Of(FailedJobFacts facts, EvidenceStrength strength) => facts.Trace.Evidence.Where(e => e.Strength == strength);

    private static HerdDecision Made(FailedJobFacts facts, HerdAct act, JobFinding finding, string? rule, string reason) =>
        new(act, finding, rule, null, TraceSections.NameOf(facts.Trace.Section), TimeSpan.Zero, Quotes(facts), reason)
        {
            Evidence = [.. facts.Trace.Evidence.OrderBy(e => e.Strength).ThenBy(e => e.LineNumber).Take(40).OrderBy(e => e.LineNumber)],
        };

    private static string[] Quotes(FailedJobFacts facts)
    {
        string[] quotes = [.. facts.Trace.Evidence
            .Where(e => e.Strength != EvidenceStrength.Expected).OrderBy(e => e.Strength).ThenBy(e => e.LineNumber).Select(e => e.Line).Distinct(StringComparer.Ordinal).Take(QuotesMax)];
        if (facts.Results is { Failed: { Count: > 0 } failed })
            return [.. failed.Take(QuotesMax)];
        return quotes.Length > 0 ? quotes : [.. facts.Trace.Explaining.TakeLast(3).Select(l => l.Text.Length <= 400 ? l.Text.Trim() : l.Text[..400])];
    }
}
