using System.Text.Json.Serialization;

namespace Cki;

/// <summary>trees.yaml, <c>confirm</c>: which failures get a re-run elsewhere before anybody is blamed.</summary>
public enum ConfirmWhat
{
    /// <summary>None: what is not certain stays undetermined.</summary>
    Nothing,

    /// <summary>Weak evidence: kernel or host.</summary>
    Weak,

    /// <summary>Weak evidence, and failures that nothing in the trace explains.</summary>
    Unexplained,
}

[JsonConverter(typeof(JsonStringEnumConverter<ParentResult>))]
public enum ParentResult
{
    /// <summary>Not tested, not ended yet, or not to be found.</summary>
    Unknown,
    Passed,
    Failed,
}

/// <summary>How the job of the same name ended on the parent commit.</summary>
/// <param name="Told">In words: which commit and which job, or why nothing is known.</param>
public sealed record ParentJob(ParentResult Result, string Told)
{
    /// <summary>The commit that was compared; null where none was.</summary>
    public CommitSha? Sha { get; init; }

    /// <summary>What its attempts were found to print, by <see cref="FailureSignature.Normalised"/> line; null: nobody read it.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Lines { get; init; }

    /// <summary>For a job that passes and warns: <see cref="ParentResult.Passed"/> where the parent's passed without that line.</summary>
    public ParentJob OfWarning(string line) => this switch
    {
        { Result: ParentResult.Passed, Lines: null } => this with { Result = ParentResult.Unknown, Told = $"the trace of the parent {Sha?.Short} was not read" },
        { Result: ParentResult.Passed, Lines: var lines } when lines.Contains(FailureSignature.Normalised(line)) =>
            this with { Result = ParentResult.Failed, Told = $"on the parent {Sha?.Short} as well" },
        { Result: ParentResult.Passed } => this with { Told = $"not on the parent {Sha?.Short}" },
        _ => this with { Result = ParentResult.Unknown },
    };
}

/// <summary>
/// <see cref="HerdAct.Confirm"/> carried out: one re-run elsewhere, and the parent compared. GitLab lets nobody choose a runner, so that where the
/// re-run went is seen afterwards: on the same machine it proves nothing, and there is one more.
/// </summary>
public static class Confirming
{
    public const string Unexplained = "unexplained";

    /// <summary>Re-runs to confirm one failure.</summary>
    public const int RerunsMax = 2;

    private static readonly TimeSpan RerunDelay = TimeSpan.FromMinutes(5);

    /// <summary>True when the failure was seen on two machines: time to ask for the parent.</summary>
    public static bool IsReproduced(HerdDecision made, FailedJobFacts facts) => made.Act == HerdAct.Confirm && Elsewhere(made, facts) is not null;

    /// <summary>The decision with its consequences; one that needs no confirmation is left as it is.</summary>
    public static HerdDecision Judge(HerdDecision made, FailedJobFacts facts)
    {
        if (made is { Act: HerdAct.Leave, Finding: JobFinding.Undetermined, Matcher: null } && facts.Confirm == ConfirmWhat.Unexplained)
            made = made with { Act = HerdAct.Confirm, Matcher = Unexplained };
        if (made.Act != HerdAct.Confirm)
            return made;
        if (facts.Confirm == ConfirmWhat.Nothing)
            return made with { Act = HerdAct.Report, Reason = $"{made.Reason}; the tree wants no re-run" };
        if (Elsewhere(made, facts) is { } before)
            return Reproduced(made, facts, before);
        JobAttempt[] reruns = [.. Doubted(facts)];
        if (reruns.Length == 0)
            return Again(made);
        if (!reruns.Any(a => IsSame(a.Decision, made)))
            return Undetermined(made, $"it failed before as well, but differently ({reruns[^1].Decision.Reason})");
        return reruns.Length < RerunsMax
            ? Again(made) with { Reason = $"{made.Reason}; the re-run came to the same machine ({facts.Job.Runner ?? "unknown"}): once more" }
            : Undetermined(made, $"{reruns.Length} re-runs came to the same machine ({facts.Job.Runner ?? "unknown"}), as far as GitLab and the trace tell (on Kubernetes, FF_PRINT_POD_EVENTS names nodes)");
    }

    private static HerdDecision Reproduced(HerdDecision made, FailedJobFacts facts, JobAttempt before)
    {
        string twice = $"{made.Reason}; reproduced on {facts.Job.Runner ?? "another machine"} after {before.Runner ?? "another machine"}";
        return facts.Parent switch
        {
            // Not asked yet: the caller does, and decides again.
            null => made,
            { Result: ParentResult.Passed } parent => made with { Act = HerdAct.Leave, Finding = JobFinding.Failed, Reason = $"{twice}; {parent.Told}" },
            { Result: ParentResult.Failed } parent => made with { Act = HerdAct.Report, Finding = JobFinding.Known, Reason = $"{twice}; {parent.Told}" },
            var unknown when made.Matcher == Unexplained => Undetermined(made, $"reproduced, but the parent was not compared: {unknown.Told}"),
            var unknown => made with { Act = HerdAct.Leave, Finding = JobFinding.Failed, Reason = $"{twice}; the parent was not compared: {unknown.Told}" },
        };
    }

    /// <summary>The earlier attempt that failed likewise on another machine.</summary>
    private static JobAttempt? Elsewhere(HerdDecision made, FailedJobFacts facts) => Doubted(facts)
        .LastOrDefault(a => RunnerMachine.AreDistinct(a.Machine, facts.Job.Machine) && IsSame(a.Decision, made));

    private static IEnumerable<JobAttempt> Doubted(FailedJobFacts facts) => facts.Earlier.Where(a => a.Decision.Act == HerdAct.Confirm);

    private static bool IsSame(HerdDecision before, HerdDecision now)
    {
        if (before.Matcher != now.Matcher)
            return false;
        string[] weak = [.. Weak(before)];
        if (weak.Length > 0 || Weak(now).Any())
            return Weak(now).Any(weak.Contains);
        return now.Matcher != Unexplained || FailureSignature.Of(before.Quote) == FailureSignature.Of(now.Quote);
    }

    private static IEnumerable<string> Weak(HerdDecision decision) => decision.Evidence.Where(e => e.Strength == EvidenceStrength.Weak).Select(e => e.Name);

    private static HerdDecision Again(HerdDecision made) => made with { Delay = RerunDelay, RetryLimit = RetryTally.AttemptsMax };

    private static HerdDecision Undetermined(HerdDecision made, string why) =>
        made with { Act = HerdAct.Report, Finding = JobFinding.Undetermined, Reason = $"{made.Reason}; {why}" };
}
