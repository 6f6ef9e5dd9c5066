using System.Globalization;

namespace Cki.Adapters;

/// <summary>SQS records as the stages' messages.</summary>
internal static class SqsRecords
{
    /// <summary>Throws <see cref="UnreadableMessageException"/> naming the field that is missing or wrong.</summary>
    public static ReceivedMessage Read(SQSEvent.SQSMessage record, string queue) =>
        new(
            record.MessageId!,
            queue,
            record.Body ?? throw new UnreadableMessageException("the record has no body"),
            record.Attributes?.GetValueOrDefault("MessageGroupId") ?? "",
            Receives(record),
            FirstSent(record))
        {
            Attributes = Texts(record),
        };

    /// <summary>1 at the first receive, also where SQS does not say.</summary>
    public static int Receives(SQSEvent.SQSMessage record) =>
        int.TryParse(record.Attributes?.GetValueOrDefault("ApproximateReceiveCount"), NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 ? n : 1;

    /// <summary>Records of one group are worked on one after the other; those without a group stand alone.</summary>
    public static string Lane(SQSEvent.SQSMessage record) =>
        $"{record.EventSourceArn}|{record.Attributes?.GetValueOrDefault("MessageGroupId") ?? record.MessageId}";

    private static DateTimeOffset FirstSent(SQSEvent.SQSMessage record)
    {
        string? text = record.Attributes?.GetValueOrDefault("SentTimestamp");
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new UnreadableMessageException($"SentTimestamp '{text}' is no time");
    }

    private static Dictionary<string, string> Texts(SQSEvent.SQSMessage record)
    {
        var texts = new Dictionary<string, string>();
        foreach ((string name, SQSEvent.MessageAttribute attribute) in record.MessageAttributes ?? new Dictionary<string, SQSEvent.MessageAttribute>())
        {
            if (attribute.StringValue is { } value)
                texts[name] = value;
        }
        return texts;
    }
}
