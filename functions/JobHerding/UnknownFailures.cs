namespace Cki.JobHerding;

/// <summary>Files failures that nothing explains under their signature.</summary>
internal sealed class UnknownFailures(SuitePorts ports)
{
    private readonly Documents _documents = ports.Documents;

    /// <summary>The signature; null where the failure is explained or leaves no words. Filing twice is filing once.</summary>
    public async Task<string?> FiledAsync(PipelineRef pipeline, FailedJobFacts facts, HerdDecision decision, CancellationToken cancellationToken)
    {
        bool isUnexplained = facts.Job.Status == GitLabStatus.Failed && decision is { Matcher: null, Class: null, Finding: JobFinding.Undetermined, Act: HerdAct.Leave };
        if (!isUnexplained || UnknownSignature.Of(facts.Trace) is not { } signature)
            return null;
        PipelineJob job = facts.Job;
        var failure = new UnknownFailure(
            signature.Value, signature.Normalised, signature.Lines, pipeline, job.Name, job.Stage, job.FailureReason, decision.Section, job.Id, job.WebUrl,
            job.FinishedAt ?? ports.Clock.GetUtcNow());
        await _documents.PutAsync(failure.Key, failure, OutageJson.Default.UnknownFailure, cancellationToken);
        return signature.Value;
    }
}
