using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>report</c>: somebody may have spoken to our bot on a merge request, says a webhook. A hint: the handler reads the note itself.</summary>
public sealed record NoteSeen(string Delivery, ProjectRef Project, long Iid, long Note, int V = 1)
    : IStageMessage<NoteSeen>
{
    /// <summary>The thread that it stands in, as the webhook said; null: it did not.</summary>
    public string? Discussion { get; init; }

    public static string TypeName => MessageTypes.NoteSeen;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<NoteSeen> Json => OverrideMessageJson.Default.NoteSeen;

    public string GetSubject() => $"{Project}!{Iid}#{Note}";

    public string GetGroup() => Project.ToString();
}

/// <summary>To <c>herd</c>: a person wants a failed job run again. Whatever holds other retries holds this one: budgets, switches, limits.</summary>
/// <param name="Name">As its own pipeline names it.</param>
public sealed record RetryJob(JobRef Job, long PipelineId, string Name, string By, string Reason, int V = 1)
    : IStageMessage<RetryJob>
{
    public static string TypeName => MessageTypes.RetryJob;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<RetryJob> Json => OverrideMessageJson.Default.RetryJob;

    public string GetSubject() => Job.ToString();

    public string GetGroup() => Job.Project.ToString();
}

/// <summary>To <c>herd</c>: a person says that what was found in the attempts of a job so far is not the commit's.</summary>
/// <param name="Attempt">The run's attempt whose pipeline it is.</param>
/// <param name="Name">As its own pipeline names it.</param>
public sealed record OverruleJob(RunId Run, int Attempt, PipelineRef Pipeline, string Name, Overruling Overruling, int V = 1)
    : IStageMessage<OverruleJob>
{
    public static string TypeName => MessageTypes.OverruleJob;

    public static string QueueName => QueueNames.Herd;

    public static JsonTypeInfo<OverruleJob> Json => OverrideMessageJson.Default.OverruleJob;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Pipeline.Project.ToString();
}

/// <summary>To <c>report</c>, by a due marker: see what KCIDB made of a submission. Its id is in the delivery's record.</summary>
/// <param name="Since">When it was about to be submitted.</param>
public sealed record KcidbStatusDue(RunId Run, string Channel, string Kind, DateTimeOffset Since, int V = 1)
    : IStageMessage<KcidbStatusDue>
{
    public static string TypeName => MessageTypes.KcidbStatusDue;

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<KcidbStatusDue> Json => OverrideMessageJson.Default.KcidbStatusDue;

    public string GetSubject() => Run.Value;

    public string GetGroup() => Channel;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NoteSeen))]
[JsonSerializable(typeof(RetryJob))]
[JsonSerializable(typeof(OverruleJob))]
[JsonSerializable(typeof(KcidbStatusDue))]
public sealed partial class OverrideMessageJson : JsonSerializerContext;
