namespace Cki;

/// <summary>Decides on an order. Pure: what is known goes in, messages and the answer come out.</summary>
public static class OverrideDecision
{
    /// <summary>More failed jobs than these are to be named one by one, or tested anew.</summary>
    public const int RetriesMax = 10;

    public static OverridePlan Of(OverrideOrder order, OverrideFacts facts)
    {
        if (order.Command is OverrideCommand.Unknown unknown)
            return Refused($"{Markdown.Code(unknown.Why)}. {Help}");
        if (order.Command is OverrideCommand.Help)
            return new OverridePlan(Help);
        int least = Least(order.Command, facts.Tree.MergeRequests.Overrides);
        if (facts.AccessLevel < least)
        {
            return Refused(least == OverrideRoles.Nobody
                ? $"`{order.Command.Verb}` is switched off for this tree."
                : $"`{order.Command.Verb}` needs the role {OverrideRoles.NameOf(least)} in this project, which you do not have.");
        }
        if (order.Command is OverrideCommand.Mute mute)
            return Mute(order, mute, facts.Tree);
        if (facts is not { Run: { State: DetectionState.Detected } run, Pipeline: { } pipeline })
            return Refused("No run of this merge request is known that it could be about.");
        return order.Command switch
        {
            OverrideCommand.Retest => Retest(order, run, pipeline),
            OverrideCommand.Stop => Stop(order, run, pipeline),
            OverrideCommand.Retry retry => Retry(order, retry, pipeline, facts.Jobs),
            OverrideCommand.Wrong wrong => Wrong(order, wrong, (run.Run, pipeline.Latest), facts.Jobs),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Shown for <c>help</c> and with what was not understood.</summary>
    public const string Help = "Orders: `retry [job]`, `retest`, `stop`, `wrong <job> [because <reason>]`, `mute <pattern> [for <days>d]`, "
        + "each at the beginning of a line.";

    private static int Least(OverrideCommand command, OverrideRoles roles) => command switch
    {
        OverrideCommand.Retry => roles.Retry,
        OverrideCommand.Retest => roles.Retest,
        OverrideCommand.Stop => roles.Stop,
        OverrideCommand.Wrong => roles.Wrong,
        OverrideCommand.Mute => roles.Mute,
        _ => OverrideRoles.Nobody,
    };

    private static OverridePlan Refused(string why) => new(why) { IsRefused = true };

    private static OverridePlan Retest(OverrideOrder order, RunDetection run, RunPipeline pipeline)
    {
        if (run.Adopted is not null)
            return Refused("This run's pipeline was started by GitLab or by somebody else: start a new one there, it will be followed.");
        if (pipeline.Latest.State != AttemptState.Settled)
            return Refused($"{run.Sha.Short} is still under test (attempt {pipeline.Latest.Number}): stop it first, or wait.");
        return new OverridePlan($"{run.Sha.Short} will be tested again, attempt {pipeline.Latest.Number + 1}.")
        {
            Retest = new RetestRun(run.Run, pipeline.Latest.Number + 1, order.By, Reason(order)),
        };
    }

    private static OverridePlan Stop(OverrideOrder order, RunDetection run, RunPipeline pipeline) => pipeline.Latest.State == AttemptState.Settled
        ? Refused($"Nothing to stop: attempt {pipeline.Latest.Number} of {run.Sha.Short} has ended.")
        : new OverridePlan($"Attempt {pipeline.Latest.Number} of {run.Sha.Short} will be cancelled.")
        {
            Stop = new CancelRun(run.Run, pipeline.Latest.Number, order.By, Reason(order)),
        };

    private static OverridePlan Retry(OverrideOrder order, OverrideCommand.Retry retry, RunPipeline pipeline, IReadOnlyList<JobRecord> jobs)
    {
        if (pipeline.Latest.State == AttemptState.Settled)
            return Refused("The run has ended: `retest` tests the commit again, with a pipeline of its own.");
        JobRecord[] chosen = [.. OverrideJobs.Named(retry.Job, jobs).Where(r => r.Attempts[^1].Status is GitLabStatus.Failed or GitLabStatus.Canceled)];
        if (chosen.Length == 0)
            return Refused(retry.Job is null ? "No job of the running attempt has failed." : $"No failed job {Markdown.Code(retry.Job)} is known in the running attempt.{Known(jobs)}");
        if (chosen.Length > RetriesMax)
            return Refused($"{chosen.Length} jobs have failed: name the one to run again, or `stop` and `retest`.");
        return new OverridePlan($"To be run again: {Names(chosen)}. Limits, budgets and pauses hold for it as for every retry; the run's page tells the outcome.")
        {
            Retries = [.. chosen.Select(r => new RetryJob(new JobRef(r.Pipeline.Project, r.Attempts[^1].JobId), r.Pipeline.Id, r.Name, order.By, Reason(order)))],
        };
    }

    private static OverridePlan Wrong(OverrideOrder order, OverrideCommand.Wrong wrong, (RunId Run, RunAttempt Attempt) of, IReadOnlyList<JobRecord> jobs)
    {
        JobRecord[] chosen = [.. OverrideJobs.Named(wrong.Job, jobs).Where(OverrideJobs.IsBlamed)];
        if (chosen.Length == 0)
            return Refused($"Nothing that was found in a job {Markdown.Code(wrong.Job)} speaks against the commit.{Known([.. jobs.Where(OverrideJobs.IsBlamed)])}");
        string reason = wrong.Reason.Length > 0 ? SafeText.Line(wrong.Reason, 200) : "no reason was given";
        return new OverridePlan($"What was found in {Names(chosen)} no longer counts against {of.Attempt.Number switch { 1 => "the commit", var n => $"the commit (attempt {n})" }}. If a verdict changes by it, whoever was told gets a correction.")
        {
            Overrules = [.. chosen.Select(r => new OverruleJob(of.Run, of.Attempt.Number, r.Pipeline, r.Name, new Overruling(order.By, order.At, reason, [.. r.Attempts.Select(a => a.JobId)])))],
        };
    }

    private static OverridePlan Mute(OverrideOrder order, OverrideCommand.Mute mute, TreeConfig tree)
    {
        var muted = new Mute(tree.Name, mute.Pattern, null, order.At, order.At + mute.For, order.By, Reason(order));
        return new OverridePlan(
            $"Failures that are in jobs {Markdown.Code(mute.Pattern)} only are not told to developers of {tree.Name} until {ReportWords.Time(muted.Until)}. Verdicts, the board and operators see them as before.")
        {
            Mute = muted,
        };
    }

    private static string Reason(OverrideOrder order) => $"note {order.Note} on {order.Request}";

    private static string Names(IReadOnlyList<JobRecord> records) => string.Join(", ", records.Select(r => Markdown.Code(r.Name)));

    private static string Known(IReadOnlyList<JobRecord> jobs)
    {
        JobRecord[] failed = [.. jobs.Where(r => r.Attempts.Count > 0 && r.Attempts[^1].Status == GitLabStatus.Failed).Take(RetriesMax)];
        return failed.Length == 0 ? "" : $" Known are: {Names(failed)}.";
    }
}

/// <summary>Which job a person means.</summary>
public static class OverrideJobs
{
    /// <summary>By its whole name, else by its name whatever the letters' case; null: all. Records without an attempt say nothing.</summary>
    public static IEnumerable<JobRecord> Named(string? name, IReadOnlyList<JobRecord> jobs)
    {
        JobRecord[] all = [.. jobs.Where(r => r.Attempts.Count > 0).OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Pipeline.Id)];
        if (name is null)
            return all;
        // "bridge / job" is how reports name a job of a child pipeline; its record has its own name only.
        string own = name.Split(" / ")[^1];
        JobRecord[] exact = [.. all.Where(r => r.Name == name)];
        if (exact.Length == 0)
            exact = [.. all.Where(r => r.Name == own)];
        return exact.Length > 0 ? exact : all.Where(r => r.Name.Equals(own, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>An attempt says that it is the commit, and nobody overruled it.</summary>
    public static bool IsBlamed(JobRecord record) => record.Attempts.Any(a => record.Standing(a) is { Finding: JobFinding.Failed, Act: not HerdAct.Confirm });
}
