using System.CommandLine;

namespace Cki.Tool;

/// <summary>
/// <c>cki run cancel|retest|resume</c>: what a person may do to a run. PipelineTrigger owns the run's record, so each is a message to it, noted in
/// the audit first.
/// </summary>
internal static class RunActs
{
    public static Command Cancel()
    {
        Argument<string> id = RunVerbs.Id();
        Option<string?> reason = Reason();
        return new Command("cancel", "End a run: its pipeline is cancelled, the verdict is canceled, with your name and reason") { id, reason }.On(async (store, parsed, cancellationToken) =>
        {
            string why = Said(parsed.GetValue(reason), "cancel");
            RunFacts run = await RunFacts.FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken);
            RunAttempt attempt = Attempt(run);
            if (attempt.State == AttemptState.Settled)
                throw new BadInputException($"{run.Detection.Run} has settled already: {run.Standing}");
            await store.AuditAsync("run cancel", run.Detection.Run.Value, why, cancellationToken);
            var message = new CancelRun(run.Detection.Run, attempt.Number, Environment.UserName, why);
            await store.AskAsync("cancel", RunIds.Execution(message.Run, message.Attempt), message, cancellationToken);
            Console.Out.WriteLine($"{message.Run}: attempt {message.Attempt} is being canceled; see cki run show.");
            return Exit.Good;
        });
    }

    public static Command Retest()
    {
        Argument<string> id = RunVerbs.Id();
        Option<string?> reason = Reason();
        return new Command("retest", "Test a settled run's commit again: a new attempt with a pipeline of its own") { id, reason }.On(async (store, parsed, cancellationToken) =>
        {
            string why = Said(parsed.GetValue(reason), "retest");
            RunFacts run = await RunFacts.FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken);
            RunAttempt last = Attempt(run);
            if (last.State != AttemptState.Settled)
                throw new BadInputException($"{run.Detection.Run} is still under test (attempt {last.Number}, {run.Standing}): cancel it first, or wait");
            await store.AuditAsync("run retest", run.Detection.Run.Value, why, cancellationToken);
            var message = new RetestRun(run.Detection.Run, last.Number + 1, Environment.UserName, why);
            await store.AskAsync("retest", RunIds.Execution(message.Run, message.Attempt), message, cancellationToken);
            Console.Out.WriteLine($"{message.Run}: attempt {message.Attempt} is asked for; see cki run show.");
            return Exit.Good;
        });
    }

    public static Command Resume()
    {
        Argument<string> id = RunVerbs.Id();
        return new Command("resume", "Have a run that seems stuck looked after now instead of at its next date") { id }.On(async (store, parsed, cancellationToken) =>
        {
            RunFacts run = await RunFacts.FindAsync(store.Documents, parsed.GetValue(id)!, cancellationToken);
            RunId name = run.Detection.Run;
            if (run.Detection.State != DetectionState.Detected)
                throw new BadInputException($"{name} is not under test: {run.Standing}");
            await store.AuditAsync("run resume", name.Value, null, cancellationToken);
            Console.Out.WriteLine(await SendOnAsync(store, run, cancellationToken));
            return Exit.Good;
        });
    }

    /// <summary>Everything sent here may come twice: presence is not progress.</summary>
    private static async Task<string> SendOnAsync(OpenedInstallation store, RunFacts run, CancellationToken cancellationToken)
    {
        RunId name = run.Detection.Run;
        switch (run.Pipeline?.Latest)
        {
            case null:
                await store.AskAsync("detect", name.Value, new CommitDetected(name), cancellationToken);
                return $"{name}: its first attempt is asked for once more.";
            case { State: AttemptState.Settled } settled:
                await store.Post.SendAsync(new RunSettled(name, settled.Number), cancellationToken);
                return $"{name} has settled; whatever of its report was not sent goes out.";
            case var attempt:
                await store.AskAsync("run", RunIds.Execution(name, attempt.Number), new RunOverdue(name, attempt.Number), cancellationToken);
                return $"{name}: attempt {attempt.Number} is looked after; a flow that died gets a successor.";
        }
    }

    private static Option<string?> Reason() => new("--reason") { Description = "Why; reports and audit show it" };

    private static string Said(string? reason, string verb) =>
        string.IsNullOrWhiteSpace(reason) ? throw new BadInputException($"run {verb} needs --reason: people will ask") : Common.Plain(reason);

    private static RunAttempt Attempt(RunFacts run) => run switch
    {
        { Detection.State: not DetectionState.Detected } => throw new BadInputException($"{run.Detection.Run} is not under test: {run.Standing}"),
        { Pipeline: { } pipeline } => pipeline.Latest,
        _ => throw new BadInputException($"{run.Detection.Run} was only just detected and has no attempt yet; try again in a moment, or cki run resume"),
    };
}
