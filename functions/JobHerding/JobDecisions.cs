using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Cki.JobHerding;

/// <summary>Decides and records, one decision per attempt of a job, and starts the retries that were decided.</summary>
internal sealed class JobDecisions(PipelineBook book, RetryGate gate, SuitePorts ports, ILogger log)
{
    /// <summary>Executions of one retry: the first, successors of died ones, and one per release from an outage.</summary>
    private const int ExecutionsMax = 20;

    /// <summary>The flow should have ended by then.</summary>
    private static readonly TimeSpan RetryOverdue = TimeSpan.FromMinutes(10);

    private readonly Post _post = ports.PostFrom("job-herding");
    private readonly OutageBook _outages = new(ports);
    private readonly UnknownFailures _unknown = new(ports);
    private readonly RunnerBooks _runners = new(ports);

    public async Task<OurPipeline?> OursAsync(PipelineRef pipeline, CancellationToken cancellationToken)
    {
        OurPipeline? ours = await book.FindAsync(pipeline, cancellationToken);
        if (ours is null)
            log.NotOurs(pipeline);
        return ours;
    }

    /// <summary>The decision as the outages of now leave it.</summary>
    public Task<HerdDecision> WeighAsync(HerdDecision decision, CancellationToken cancellationToken) => _outages.WeighAsync(decision, cancellationToken);

    /// <summary>Makes sure that a held retry is known to those who release it.</summary>
    public Task HoldAsync(JobFinished told, JobRecord record, JobRetry retry, CancellationToken cancellationToken)
    {
        HeldJob held = HeldJob.Of(told.Job, told.PipelineId, record.Name, record.AttemptOf(retry.JobId))
            ?? throw new InvalidOperationException($"Job {told.Job}: its retry is held, and its decision has no class");
        return _outages.HoldAsync(held, cancellationToken);
    }

    /// <summary>The record when it holds a decision on this attempt.</summary>
    public async Task<JobRecord?> KnownAsync(PipelineRef pipeline, PipelineJob job, CancellationToken cancellationToken) =>
        await book.JobAsync(pipeline, job.Name, cancellationToken) is { } record && record.AttemptOf(job.Id) is not null ? record : null;

    /// <summary>Due marker, then the record. Another's decision on the same attempt stands.</summary>
    public async Task<JobRecord> RecordAsync(
        OurPipeline ours, JobFinished told, GatheredJob gathered, HerdDecision decision, CancellationToken cancellationToken)
    {
        PipelineJob job = gathered.Facts.Job;
        await _outages.HitAsync(ours.Own, job, decision, cancellationToken);
        await _runners.HitAsync(told.Job, job, decision, cancellationToken);
        JobRetry? retry = decision.Act is HerdAct.Retry or HerdAct.Hold or HerdAct.Confirm ? await RetryAsync(ours, gathered, decision, cancellationToken) : null;
        if (retry is { State: RetryState.Pending or RetryState.Held })
            await ports.Due.PlaceAsync(_post.Marker("retry", $"{told.Job.Project.Host}-{job.Id}", retry.DueAt + RetryOverdue, told), cancellationToken);
        var attempt = new JobAttempt(job.Id, job.Status, job.FailureReason, job.Runner, job.WebUrl, decision, ports.Clock.GetUtcNow())
        {
            Machine = job.Machine,
            User = job.User,
            RanFor = job.FinishedAt - job.StartedAt,
            Signature = await _unknown.FiledAsync(ours.Own, gathered.Facts, decision, cancellationToken),
        };
        bool isNew = false;
        JobRecord record = (await book.ChangeJobAsync(
            ours.Own,
            job.Name,
            current =>
            {
                JobRecord stands = current ?? new JobRecord(ours.Own, job.Name, job.Stage) { AllowFailure = job.AllowFailure };
                isNew = stands.AttemptOf(job.Id) is null;
                return isNew ? With(stands, attempt, retry) : null;
            },
            cancellationToken))!;
        if (isNew)
            await TellAsync(told.Job, job, decision, cancellationToken);
        return record;
    }

    /// <summary>Starts the flow that waits, unless one runs; a died one gets a successor.</summary>
    public async Task StartRetryAsync(JobFinished told, JobRecord record, JobRetry retry, CancellationToken cancellationToken)
    {
        TimeSpan delay = retry.DueAt - ports.Clock.GetUtcNow();
        string input = new JsonObject
        {
            ["host"] = told.Job.Project.Host,
            ["project"] = told.Job.Project.Path,
            ["pipelineId"] = told.PipelineId,
            ["jobId"] = told.Job.Id,
            ["name"] = record.Name,
            ["delaySeconds"] = Math.Max(0, (long)Math.Ceiling(delay.TotalSeconds)),
            [TrailReading.Correlation] = Trail.Current?.Correlation,
        }.ToJsonString();
        string name = ExecutionName(told.Job);
        for (int n = 0; n < ExecutionsMax; n++)
        {
            string execution = n == 0 ? name : $"{name}-r{n}";
            FlowExecution? found = await ports.Flows.DescribeAsync("retry-job", execution, cancellationToken);
            if (found?.Status == FlowStatus.Running)
                return;
            if (found is not null)
                continue;
            await ports.Flows.StartAsync("retry-job", execution, input, cancellationToken);
            return;
        }
        throw new InvalidOperationException($"Job {told.Job}: its retry died {ExecutionsMax} times");
    }

    private static string ExecutionName(JobRef job)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{job.Project.Host}\n{job.Id}")));
        return $"retry-{Convert.ToHexStringLower(hash)[..24]}";
    }

    private async Task<JobRetry> RetryAsync(OurPipeline ours, GatheredJob gathered, HerdDecision decision, CancellationToken cancellationToken)
    {
        PipelineJob job = gathered.Facts.Job;
        var retry = new JobRetry(job.Id, decision.Matcher ?? "", ports.Clock.GetUtcNow() + decision.Delay, RetryState.Pending)
        {
            Limit = decision.RetryLimit,
            After = gathered.Facts.RetriedProducer,
            AllowFailure = job.AllowFailure,
        };
        JobRetry looked = await gate.LookAsync(ours, (job.Name, retry), gathered.Siblings, cancellationToken);
        return decision.Act == HerdAct.Hold && looked.State == RetryState.Pending
            ? looked with { State = RetryState.Held, HeldAt = ports.Clock.GetUtcNow(), Outcome = decision.Reason }
            : looked;
    }

    private static JobRecord With(JobRecord record, JobAttempt attempt, JobRetry? retry) => record with
    {
        Attempts = [.. record.Attempts.Append(attempt).OrderBy(a => a.JobId)],
        Retries = retry is null ? record.Retries : [.. record.Retries.Where(r => r.JobId != retry.JobId).Append(retry).OrderBy(r => r.JobId)],
    };

    private async Task TellAsync(JobRef job, PipelineJob shown, HerdDecision decision, CancellationToken cancellationToken)
    {
        log.Decided(job, shown.Name, decision.Act, decision.Matcher ?? "no matcher", decision.Finding, decision.Reason);
        if (decision.Matcher is { } matcher)
            SuiteMetrics.HerderProblemDetected.Add(1, new KeyValuePair<string, object?>("matcher", matcher));
        else if (shown.Status == GitLabStatus.Failed)
            SuiteMetrics.HerderNoProblemDetected.Add(1);
        // While its class is in outage, the outage's own notice stands for it.
        if (decision.Act is HerdAct.Report or HerdAct.Alert && !await _outages.HoldsAsync(decision.Class, cancellationToken))
        {
            // GitLab adds reasons: of each new one operators hear once.
            bool isNewReason = decision.Matcher == "unknown-reason";
            var notice = new NoticeRaised(
                isNewReason ? $"unknown-reason-{shown.FailureReason}" : $"herding-{decision.Matcher ?? "unknown"}", $"{shown.Name}: {decision.Reason}",
                string.Join('\n', [shown.WebUrl, .. decision.Quote]))
            {
                Once = isNewReason, Fades = !isNewReason,
            };
            await _post.SendAsync(notice, cancellationToken);
        }
    }
}
