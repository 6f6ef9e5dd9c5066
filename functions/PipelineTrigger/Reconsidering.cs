using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Cki.PipelineTrigger;

/// <summary>
/// Makes a settled attempt's result anew from GitLab and the records, keeps what it was, and announces it. The pure function that judged first judges
/// again: evidence stays sticky, and only what was recorded since (a finding overruled, a later attempt of a job) can change anything.
/// </summary>
internal sealed class Reconsidering(AttemptReader reader, RunBook book, SuitePorts ports, ILogger log)
{
    /// <summary>Results kept of one attempt; people who think again more often than that are heard, and the middle is forgotten.</summary>
    private const int KeptMax = 20;

    /// <summary>A pipeline that somebody started again moves for a while.</summary>
    private static readonly TimeSpan MovesFor = TimeSpan.FromMinutes(15);

    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    public async Task HandleAsync(ReceivedMessage message, ReconsiderRun wish, CancellationToken cancellationToken)
    {
        RunPipeline? run = await book.FindAsync(wish.Run, cancellationToken);
        if (run?.Attempts.FirstOrDefault(a => a.Number == wish.Attempt) is not { State: AttemptState.Settled, Result: not null, Pipeline: { } pipeline })
        {
            log.NotReconsidered(wish.Run, wish.Attempt, wish.By, "it has no settled attempt of that number that had a pipeline; one that still runs is judged when it settles");
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        var task = new RunTask(wish.Run, wish.Attempt);
        AttemptRead read = await reader.ReadAsync(task, pipeline, cancellationToken);
        if (await MovesAsync(read, cancellationToken) is { } moves && await _post.LaterAsync(message, MovesFor, cancellationToken))
        {
            log.ReconsideredLater(wish.Run, wish.Attempt, moves);
            return;
        }
        read = await reader.WithStatementAsync(read, cancellationToken);
        RunAttempt stands = await book.ChangeAsync(task, attempt => Changed(attempt, Judged(read), wish), cancellationToken);
        log.Reconsidered(wish.Run, wish.Attempt, wish.By, wish.Reason, stands.Result!.Verdict);
        // Also where nothing changed: the announcement of an earlier try may have been lost.
        await _post.SendAsync(new RunSettled(wish.Run, wish.Attempt), cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    /// <summary>Why it is judged later; null: nothing moves. Failed jobs that nobody has decided on are asked about.</summary>
    private async Task<string?> MovesAsync(AttemptRead read, CancellationToken cancellationToken)
    {
        if (read.View is not { } view)
            return null;
        SettlingView settling = Settling.Of(view.Jobs, read.Records, Matchers.Compile(ports.Config.Current.MatchersOf(read.Tree.Name)));
        foreach (PipelineJob job in settling.Undecided)
            await _post.SendAsync(new JobFinished(new JobRef(job.Project ?? read.Pipeline.Project, job.Id), job.PipelineId, job.Name, job.Status), cancellationToken);
        return settling switch
        {
            { AllTerminal: false } => "jobs run again",
            { Undecided.Count: > 0 } => $"{settling.Undecided[0].Name} has no decision yet",
            { RetryPending: true } => "a retry is to come",
            _ => null,
        };
    }

    // What never ended is not called passed for that somebody asked twice.
    private static RunResult Judged(AttemptRead read) => read.Result(
        read.View is null || Settling.Latest(read.View.Jobs).All(j => GitLabStatus.IsTerminal(j.Status) || j.Status == GitLabStatus.Manual)
            ? new CheckDecision.Settled()
            : new CheckDecision.Deadline("it had not ended when it was looked at again"));

    private RunAttempt? Changed(RunAttempt attempt, RunResult result, ReconsiderRun wish)
    {
        if (attempt.Result is not { } was || Text(was) == Text(result))
            return null;
        IReadOnlyList<Reconsidered> before = attempt.Reconsidered ?? [];
        if (before.Count >= KeptMax)
            before = [before[0], .. before.TakeLast(KeptMax - 2)];
        return attempt with { Result = result, Reconsidered = [.. before, new Reconsidered(was, book.Now, wish.Reason, wish.By) { Number = attempt.Judgements + 1 }] };
    }

    private static string Text(RunResult result) => JsonSerializer.Serialize(result, DocumentJson.Default.RunResult);
}
