namespace Cki;

/// <summary>One message to send. Bodies are JSON text (CloudEvents, see <see cref="CloudEvent"/>).</summary>
/// <param name="Queue">The queue's name without stack prefix: <c>detect</c>, <c>trigger</c>, <c>herd</c>, <c>report</c>, <c>watch</c>.</param>
/// <param name="Body">At most 256 KiB of UTF-8 (SQS would take 1 MiB; larger contents travel as a claim check).</param>
/// <param name="Group">Message group: the GitLab project or tree. Groups are served fairly; order within one is not promised.</param>
public sealed record OutgoingMessage(string Queue, string Body, string Group)
{
    /// <summary>Delay before first delivery, 0 to 15 minutes (SQS's bound). Default none.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>String attributes that survive dead-lettering and return, e.g. <c>hop</c>, <c>rounds</c>. At most 10.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = NoAttributes;

    public static readonly IReadOnlyDictionary<string, string> NoAttributes = new Dictionary<string, string>();
}

/// <summary>One message as a stage receives it.</summary>
/// <param name="Id">The queue's id of the message; stable over receives.</param>
/// <param name="ReceiveCount">1 at the first receive.</param>
/// <param name="FirstSent">When the message was first put on the queue.</param>
public sealed record ReceivedMessage(
    string Id, string Queue, string Body, string Group, int ReceiveCount, DateTimeOffset FirstSent)
{
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = OutgoingMessage.NoAttributes;
}

/// <summary>At-least-once queues with delay, groups and attributes: SQS, or the embedded engine.</summary>
public interface IMessageQueue
{
    /// <summary>Returns once the message is durable. Throws <see cref="QueueUnavailableException"/> when it may not be.</summary>
    Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken);
}

/// <summary>The queue refused or did not answer; the message may or may not have been taken.</summary>
public sealed class QueueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
