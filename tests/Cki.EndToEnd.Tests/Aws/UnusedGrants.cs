namespace Cki.EndToEnd.Tests.Aws;

/// <summary>Grants that the story need not reach, each with what needs it: <c>function statement action</c>, <c>*</c> for every function that has it.</summary>
internal static class UnusedGrants
{
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["* Log logs:CreateLogStream"] = "Lambda itself writes the log",
        ["* Log logs:PutLogEvents"] = "Lambda itself writes the log",
        ["* Trace xray:PutTraceSegments"] = "Lambda itself sends the traces",
        ["* Trace xray:PutTelemetryRecords"] = "Lambda itself sends the traces",
        ["* TakeWork sqs:GetQueueAttributes"] = "Lambda asks it when the event source mapping is made",
        ["* TakeWork sqs:ChangeMessageVisibility"] = "a record that failed: none does in the story",
        ["* TellAbsentKeys s3:ListBucket"] = "a key that is not there: not every stage meets one",
        ["* ReadSecrets ssm:GetParametersByPath"] = "the DSN of error reports: stages that talk to AWS only read no other secret",
        ["* DropMarkers s3:DeleteObject"] = "work that Watch sent again and that turns out to be done",
        ["JobHerdingTaskFunction SendOn sqs:SendMessage"] = "a job to look at again, a notice",
        ["JobHerdingTaskFunction SignalFlows states:SendTaskSuccess"] = "a dropped retry that was the last thing waited for",
        ["PipelineTriggerFunction SendOn sqs:SendMessage"] = "a run whose flow died too often",
        ["PipelineTriggerFunction LookAtFlows states:DescribeExecution"] = "a run that is overdue",
        ["PipelineTriggerTaskFunction SendOn sqs:SendMessage"] = "a failed job that nobody has decided about when its pipeline is checked",
        ["PipelineTriggerTaskFunction StartFlows states:StartExecution"] = "a fallback",
        ["WatchFunction DropWork s3:DeleteObject"] = "markers and dead letters that are done with",
        ["WatchFunction NoteWork s3:PutObject"] = "work that is late, dead letters, webhooks that are down: nothing of it in the story",
        ["WatchFunction ReconcileDeliveries s3:GetObject"] = "webhooks at the API's own address: the story's post to the test's gateway",
        ["WatchFunction ReconcileDeliveries s3:PutObject"] = "as its reading",
        ["WatchFunction ReadQueueNumbers cloudwatch:GetMetricData"] = "checks of queues: the story's configuration has no checks",
        ["WatchFunction SendSpilled s3:GetObject"] = "a queue that refused: RefusalsOnAws",
        ["WatchFunction SendSpilled s3:DeleteObject"] = "a queue that refused: RefusalsOnAws",
        ["WebhookIntakeFunction KeepDeliveries s3:GetObject"] = "a write whose answer was lost",
        ["WebhookIntakeFunction TellAbsentDeliveries s3:ListBucket"] = "a write that never took effect",
    };

    public static bool IsReasoned(string grant) =>
        Reasons.ContainsKey(grant) || Reasons.ContainsKey("*" + grant[grant.IndexOf(' ', StringComparison.Ordinal)..]);
}
