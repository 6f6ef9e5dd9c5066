namespace Cki.Adapters;

/// <summary>The environment variables of the suite's Lambdas; <c>template.yaml</c> alone sets them, each function gets those its stage uses.</summary>
public static class SuiteEnvironment
{
    /// <summary>Stage's name in log lines and metrics, e.g. <c>job-herding</c>.</summary>
    public const string ServiceName = "POWERTOOLS_SERVICE_NAME";

    /// <summary>Trace, Debug, Information (default), Warning or Error.</summary>
    public const string LoggingLevel = "CKI_LOGGING_LEVEL";

    /// <summary>Name of the CloudFormation stack.</summary>
    public const string Stack = "CKI_STACK";

    public const string StateBucket = "CKI_STATE_BUCKET";

    public const string ArchiveBucket = "CKI_ARCHIVE_BUCKET";

    /// <summary><c>/cki/{stack}/secrets/</c>, with both slashes.</summary>
    public const string SecretsPath = "CKI_SECRETS_PATH";

    /// <summary>Address of the board for links in reports; optional.</summary>
    public const string BoardUrl = "CKI_BOARD_URL";

    /// <summary>How GitLab reaches the front door, without <c>/webhooks</c>; WatchFunction only.</summary>
    public const string FrontDoor = "CKI_FRONT_DOOR";

    /// <summary>Git commit or version of the release.</summary>
    public const string Release = "CKI_RELEASE";

    /// <summary>The flows by name, as in infra/flows.</summary>
    public static readonly IReadOnlyList<string> Flows = ["test-commit", "retry-job"];

    /// <summary><c>CKI_QUEUE_HERD_URL</c> for <c>herd</c>.</summary>
    public static string QueueUrl(string queue) => $"CKI_QUEUE_{queue.ToUpperInvariant()}_URL";

    /// <summary><c>CKI_DEAD_HERD_URL</c> for the dead-letter queue of <c>herd</c>; WatchFunction only.</summary>
    public static string DeadQueueUrl(string queue) => $"CKI_DEAD_{queue.ToUpperInvariant()}_URL";

    /// <summary><c>CKI_FLOW_RETRY_JOB_ARN</c> for <c>retry-job</c>.</summary>
    public static string FlowArn(string flow) => $"CKI_FLOW_{flow.ToUpperInvariant().Replace('-', '_')}_ARN";
}
