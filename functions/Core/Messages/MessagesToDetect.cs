using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>detect</c>: a branch or tag moved, by a webhook. A hint: the handler may re-read the truth.</summary>
/// <param name="Ref">Full ref: <c>refs/heads/...</c> or <c>refs/tags/...</c>.</param>
/// <param name="Before">Null when the ref was created.</param>
/// <param name="After">Null when the ref was deleted.</param>
/// <param name="Title">First line of the new head's message, where the payload has it.</param>
public sealed record PushReceived(string Delivery, ProjectRef Project, string Ref, CommitSha? Before, CommitSha? After, string? Title, int V = 1)
    : IStageMessage<PushReceived>
{
    /// <summary><see cref="FoundBy.Reconciliation"/> where GitLab's log of events told of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FoundBy FoundBy { get; init; }

    public static string TypeName => MessageTypes.PushReceived;

    public static string QueueName => QueueNames.Detect;

    public static JsonTypeInfo<PushReceived> Json => MessageJson.Default.PushReceived;

    public string GetSubject() => Delivery;

    public string GetGroup() => Project.ToString();
}

/// <summary>To <c>detect</c>: look at all heads of a tree.</summary>
public sealed record PollRequested(TreeName Tree, string Why, int V = 1)
    : IStageMessage<PollRequested>
{
    public static string TypeName => MessageTypes.PollRequested;

    public static string QueueName => QueueNames.Detect;

    public static JsonTypeInfo<PollRequested> Json => MessageJson.Default.PollRequested;

    public string GetSubject() => Tree.Value;

    public string GetGroup() => Tree.Value;
}
