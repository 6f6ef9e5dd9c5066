using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>trigger</c>: a run record waits for its pipeline. Sent again as long as presence is not progress.</summary>
public sealed record CommitDetected(RunId Run, int V = 1)
    : IStageMessage<CommitDetected>
{
    public static string TypeName => MessageTypes.CommitDetected;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<CommitDetected> Json => MessageJson.Default.CommitDetected;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>trigger</c>: look whether the flow of this attempt is alive.</summary>
public sealed record RunOverdue(RunId Run, int Attempt, int V = 1)
    : IStageMessage<RunOverdue>
{
    public static string TypeName => MessageTypes.RunOverdue;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<RunOverdue> Json => MessageJson.Default.RunOverdue;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>trigger</c>: a person ends an attempt. What settled before stays as it is.</summary>
public sealed record CancelRun(RunId Run, int Attempt, string By, string Reason, int V = 1)
    : IStageMessage<CancelRun>
{
    public static string TypeName => MessageTypes.CancelRun;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<CancelRun> Json => MessageJson.Default.CancelRun;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>To <c>trigger</c>: a person wants another attempt of a run whose attempts have all settled.</summary>
/// <param name="Attempt">Its number, one above the last: the same wish twice is one attempt.</param>
public sealed record RetestRun(RunId Run, int Attempt, string By, string Reason, int V = 1)
    : IStageMessage<RetestRun>
{
    public static string TypeName => MessageTypes.RetestRun;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<RetestRun> Json => MessageJson.Default.RetestRun;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}

/// <summary>
/// To <c>trigger</c>: something about a settled attempt came to light (a finding was overruled and recorded so, a job passed when somebody ran it again):
/// its result is made anew from the records and GitLab, and announced.
/// </summary>
/// <param name="Reason">One sentence; readers of the correction see it.</param>
/// <param name="By">GitLab user name.</param>
public sealed record ReconsiderRun(RunId Run, int Attempt, string Reason, string By, int V = 1)
    : IStageMessage<ReconsiderRun>
{
    public static string TypeName => MessageTypes.ReconsiderRun;

    public static string QueueName => QueueNames.Trigger;

    public static JsonTypeInfo<ReconsiderRun> Json => MessageJson.Default.ReconsiderRun;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Run.Value;
}
