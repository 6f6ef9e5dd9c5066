using System.Security.Cryptography;
using System.Text;
using Amazon.SQS.Model;

namespace Cki.Adapters;

/// <summary>
/// Sends to SQS standard queues with a message group for fair serving. Sends may happen twice (rule 1 of architecture.md), so unanswered ones are repeated.
/// </summary>
/// <param name="urls">Queue URL of a suite queue, e.g. <c>herd</c>; throws, naming what is not configured.</param>
public sealed class SqsQueue(AwsSession session, Func<string, string> urls) : IMessageQueue
{
    private const int GroupCharactersMax = 128;
    private const int GroupCharactersKept = 100;

    /// <inheritdoc/>
    /// <remarks>Throws <see cref="ArgumentException"/> for a message that no retry makes sendable.</remarks>
    public async Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (MessageBounds.Refusal(message) is { } refusal)
            throw new ArgumentException($"Cannot send to {message.Queue}: {refusal}", nameof(message));
        var request = new SendMessageRequest
        {
            QueueUrl = urls(message.Queue),
            MessageBody = message.Body,
            MessageGroupId = GroupId(message.Group),
            DelaySeconds = (int)Math.Ceiling(message.Delay.TotalSeconds),
            MessageAttributes = message.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).ToDictionary(a => a.Key, a => Text(a.Value)),
        };
        try
        {
            await session.Calls.SafelyAsync(AwsCalls.TryLimit, token => session.Sqs.SendMessageAsync(request, token), cancellationToken);
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            throw new QueueUnavailableException($"Queue {message.Queue}: {AwsFailures.Describe(e)}", e);
        }
    }

    /// <summary>
    /// SQS takes 1 to 128 ASCII letters, digits and punctuation as a group. Any other text keeps its readable part and becomes unique by its hash, so
    /// that equal groups stay equal.
    /// </summary>
    public static string GroupId(string group)
    {
        if (group.Length <= GroupCharactersMax && group.All(IsAllowed))
            return group;
        var readable = new StringBuilder();
        foreach (char c in group.Where(IsAllowed).Take(GroupCharactersKept))
            readable.Append(c);
        return $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(group)))[..16]}";
    }

    private static bool IsAllowed(char c) => c is > ' ' and <= '~';

    private static MessageAttributeValue Text(string value) => new() { DataType = "String", StringValue = value };
}
