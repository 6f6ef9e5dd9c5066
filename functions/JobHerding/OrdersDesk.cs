using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>What an order needs beside the records.</summary>
internal sealed record Orders(GitLabClient GitLab, RetryGate Gate, JobDecisions Decisions);

/// <summary>
/// What a person ordered about a job. An order passes no gate that the herder's own retries do not pass: the same look at GitLab, limits, budgets and
/// switches, by the same flow.
/// </summary>
internal sealed class OrdersDesk(PipelineBook book, Orders orders, SuitePorts ports, ILogger log)
{
    /// <summary>The matcher of a retry that a person wanted.</summary>
    public const string Ordered = "person";

    private static readonly TimeSpan RetryOverdue = TimeSpan.FromMinutes(10);

    private readonly Post _post = ports.PostFrom("job-herding");

    public async Task RetryAsync(ReceivedMessage message, RetryJob order, CancellationToken cancellationToken)
    {
        var pipeline = new PipelineRef(order.Job.Project, order.PipelineId);
        OurPipeline? ours = await book.FindAsync(pipeline, cancellationToken);
        JobRecord? record = await book.JobAsync(pipeline, order.Name, cancellationToken);
        if (ours is null || record?.AttemptOf(order.Job.Id) is null)
            log.OrderIgnored(order.Job, order.By, ours is null ? "its pipeline belongs to no run" : "no decision on it is recorded");
        else
            await RetryAsync(order, ours, record, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    public async Task OverruleAsync(ReceivedMessage message, OverruleJob order, CancellationToken cancellationToken)
    {
        JobRecord? record = await book.ChangeJobAsync(
            order.Pipeline,
            order.Name,
            stands => stands is null || stands.Overruled?.At >= order.Overruling.At ? null : stands with { Overruled = order.Overruling },
            cancellationToken);
        if (record is null)
        {
            log.OrderIgnored(new JobRef(order.Pipeline.Project, 0), order.Overruling.By, $"no decision on {order.Name} is recorded");
        }
        else
        {
            log.Overruled(order.Run, order.Name, order.Overruling.By, order.Overruling.Reason);
            // Told whenever this comes, since whoever decides compares with the result that stands.
            await _post.SendAsync(new ReconsiderRun(order.Run, order.Attempt, $"{order.Name}: {order.Overruling.Reason}", order.Overruling.By), cancellationToken);
        }
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task RetryAsync(RetryJob order, OurPipeline ours, JobRecord record, CancellationToken cancellationToken)
    {
        // What is on its way, or was done, is what he wants; what was dropped is looked at anew.
        if (record.RetryOf(order.Job.Id) is not (null or { State: RetryState.Dropped }))
        {
            await ResumeAsync(order, record, cancellationToken);
            return;
        }
        var wanted = new JobRetry(order.Job.Id, Ordered, ports.Clock.GetUtcNow(), RetryState.Pending) { AllowFailure = record.AllowFailure };
        IReadOnlyList<PipelineJob> jobs = await orders.GitLab.GetJobsAsync(ours.Own, includeRetried: true, cancellationToken);
        JobRetry looked = jobs.Any(j => j.Id == order.Job.Id)
            ? await orders.Gate.LookAsync(ours, (record.Name, wanted), jobs, cancellationToken)
            : wanted with { State = RetryState.Dropped, Outcome = "GitLab shows no such job" };
        var told = new JobFinished(order.Job, order.PipelineId, record.Name, GitLabStatus.Failed);
        if (looked.State == RetryState.Pending)
            await ports.Due.PlaceAsync(_post.Marker("retry", $"{order.Job.Project.Host}-{order.Job.Id}", looked.DueAt + RetryOverdue, told), cancellationToken);
        JobRecord? stands = await book.ChangeJobAsync(
            ours.Own, record.Name, current => current?.RetryOf(order.Job.Id) == record.RetryOf(order.Job.Id) ? With(current!, looked) : null, cancellationToken);
        log.OrderTaken(order.Job, order.By, looked.State, looked.Outcome ?? order.Reason);
        if (stands is not null)
            await ResumeAsync(order, stands, cancellationToken);
    }

    private async Task ResumeAsync(RetryJob order, JobRecord record, CancellationToken cancellationToken)
    {
        if (record.RetryOf(order.Job.Id) is { State: RetryState.Pending or RetryState.Posting } retry)
            await orders.Decisions.StartRetryAsync(new JobFinished(order.Job, order.PipelineId, record.Name, GitLabStatus.Failed), record, retry, cancellationToken);
    }

    private static JobRecord With(JobRecord record, JobRetry retry) =>
        record with { Retries = [.. record.Retries.Where(r => r.JobId != retry.JobId).Append(retry).OrderBy(r => r.JobId)] };
}
