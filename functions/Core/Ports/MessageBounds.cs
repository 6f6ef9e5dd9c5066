using System.Text;

namespace Cki;

/// <summary>What every engine's queues refuse, so that what one machine takes AWS takes too.</summary>
public static class MessageBounds
{
    /// <summary>Bytes of UTF-8 in one body.</summary>
    public const int BodyBytesMax = 256 * 1024;

    /// <summary>SQS's bound.</summary>
    public const int AttributesMax = 10;

    /// <summary>Why a message can never be sent, whatever the queue; null when it can.</summary>
    public static string? Refusal(OutgoingMessage message)
    {
        if (message.Group.Length == 0)
            return "a message group is required";
        if (message.Delay < TimeSpan.Zero || message.Delay > Post.DelayMax)
            return $"a delay of {message.Delay} is not within 0 to {Post.DelayMax}";
        if (message.Attributes.Count > AttributesMax)
            return $"{message.Attributes.Count} attributes are more than {AttributesMax}";
        int bytes = Encoding.UTF8.GetByteCount(message.Body);
        return bytes > BodyBytesMax ? $"a body of {bytes} bytes is over {BodyBytesMax}" : null;
    }
}
