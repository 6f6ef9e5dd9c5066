using Cki.GitLabSimulator;

namespace Cki.Tool.Demo;

/// <summary>Tells what happens as it happens: compares the facts with those of a moment ago and puts each change into one line.</summary>
internal sealed class DemoStory(DemoWorld demo, Documents documents, Action<string, string> tell)
{
    private readonly HashSet<string> told = new(StringComparer.Ordinal);

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (RunFacts run in (await RunFacts.ListAsync(documents, null, 100, cancellationToken)).Reverse())
        {
            Once($"run {run.Detection.Run}", "detect", $"{run.Detection.Sha.Short} found by {run.Detection.FoundBy.ToString().ToLowerInvariant()}: run {run.Detection.Run}");
            await JobsAsync(run, cancellationToken);
            if (run.Pipeline?.Latest.Result is { } result)
                Once($"result {run.Detection.Run}", "verdict", $"{run.Detection.Sha.Short}: {result.Verdict.ToString().ToUpperInvariant()}. {result.Reason}");
            foreach (ReportDelivery report in (await run.ReportsAsync(documents, cancellationToken)).Where(r => r.State == DeliveryState.Sent))
                Once($"report {run.Detection.Run} {report.Channel} {report.Kind}", "report", $"{run.Detection.Sha.Short}: {report.Kind} to {report.Channel}");
        }
        foreach (GitLabPipeline pipeline in demo.World.Pipelines)
            Once($"pipeline {pipeline.Id} {pipeline.Status}", "gitlab", $"pipeline {pipeline.Id} is {pipeline.Status}");
        foreach (GitLabJob job in demo.World.Jobs.Where(j => j.Status is "failed" or "success"))
            Once($"job {job.Id} {job.Status}", "gitlab", $"job {job.Id} '{job.Name}' {job.Status}{(job.FailureReason is null ? "" : $" ({job.FailureReason})")}");
    }

    private async Task JobsAsync(RunFacts run, CancellationToken cancellationToken)
    {
        foreach (JobRecord job in await run.JobsAsync(documents, cancellationToken))
        {
            foreach (JobAttempt attempt in job.Attempts)
                Once($"decision {attempt.JobId}", "herd", $"'{job.Name}' #{attempt.JobId}: {attempt.Decision.Act.ToString().ToUpperInvariant()}"
                    + $"{(attempt.Decision.Matcher is { } matcher ? $" by {matcher}" : "")}{(attempt.Decision.Act == HerdAct.Retry ? $" in {attempt.Decision.Delay.TotalSeconds:0} s" : "")}. {attempt.Decision.Reason}");
            foreach (JobRetry retry in job.Retries.Where(r => r.NewJobId is not null))
                Once($"retry {retry.JobId}", "herd", $"'{job.Name}' #{retry.JobId} runs again as #{retry.NewJobId}");
        }
    }

    private void Once(string what, string who, string line)
    {
        if (told.Add(what))
            tell(who, Common.Plain(line));
    }
}
