namespace Cki.JobHerding;

/// <summary>A job ended: gather, decide once, act; an act that was cut off is taken up again.</summary>
internal sealed class JobDesk(JobJudge judge, JobDecisions decisions, Settlement settlement, SuitePorts ports)
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastLook = TimeSpan.FromMinutes(10);

    private readonly Post _post = ports.PostFrom("job-herding");

    public async Task HandleAsync(ReceivedMessage message, JobFinished told, CancellationToken cancellationToken)
    {
        var pipeline = new PipelineRef(told.Job.Project, told.PipelineId);
        if (await decisions.OursAsync(pipeline, cancellationToken) is not { } ours
            || await judge.WantedAsync(ours, told.Job, cancellationToken) is not { } job)
        {
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        if (await decisions.KnownAsync(pipeline, job, cancellationToken) is { } known)
        {
            await ResumeAsync(message, ours, told, known, cancellationToken);
            return;
        }
        bool isSecondLook = message.Attributes.ContainsKey(Post.HopAttribute);
        (GatheredJob gathered, HerdDecision decision) = await judge.DecideAsync(ours, job, isSecondLook, cancellationToken);
        if (decision.Act == HerdAct.Later)
        {
            if (!await _post.LaterAsync(message, isSecondLook ? LastLook : FirstLook, cancellationToken))
                throw new InvalidOperationException($"Job {told.Job}: its trace was not complete after eight looks");
            return;
        }
        decision = await decisions.WeighAsync(decision, cancellationToken);
        JobRecord record = await decisions.RecordAsync(ours, told, gathered, decision, cancellationToken);
        await ResumeAsync(message, ours, told, record, cancellationToken);
    }

    private async Task ResumeAsync(ReceivedMessage message, OurPipeline ours, JobFinished told, JobRecord record, CancellationToken cancellationToken)
    {
        // Sent with every repetition: whoever got it before looks and finds it told.
        if (ours.Over is null && !record.AllowFailure && record.AttemptOf(told.Job.Id) is { Decision.BlamesCommit: true })
            await _post.SendAsync(new EvidenceFound(ours.Run, ours.Attempt), cancellationToken);
        JobRetry? retry = record.RetryOf(told.Job.Id);
        if (retry is { State: RetryState.Pending or RetryState.Posting })
        {
            // The due marker stays: a flow can die.
            await decisions.StartRetryAsync(told, record, retry, cancellationToken);
            return;
        }
        if (retry is { State: RetryState.Held })
        {
            // Its due marker stays as well: it brings back an entry that was lost.
            await decisions.HoldAsync(told, record, retry, cancellationToken);
            return;
        }
        await ports.Due.DoneAsync(message, cancellationToken);
        if (ours.Over is null)
            await settlement.LookAsync(ours, asksForDecisions: false, cancellationToken);
    }
}
