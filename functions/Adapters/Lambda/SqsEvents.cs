using System.Text.Json.Serialization;

namespace Cki.Adapters;

/// <summary>A batch from an event source mapping; names and shapes as in Amazon.Lambda.SQSEvents.</summary>
public sealed record SQSEvent
{
    [JsonPropertyName("Records")]
    public IReadOnlyList<SQSMessage>? Records { get; init; }

    public sealed record SQSMessage
    {
        public string? MessageId { get; init; }

        public string? ReceiptHandle { get; init; }

        public string? Body { get; init; }

        public string? Md5OfBody { get; init; }

        public string? Md5OfMessageAttributes { get; init; }

        [JsonPropertyName("eventSourceARN")]
        public string? EventSourceArn { get; init; }

        public string? EventSource { get; init; }

        public string? AwsRegion { get; init; }

        /// <summary>What SQS knows: ApproximateReceiveCount, SentTimestamp, MessageGroupId, ...</summary>
        public IReadOnlyDictionary<string, string>? Attributes { get; init; }

        public IReadOnlyDictionary<string, MessageAttribute>? MessageAttributes { get; init; }
    }

    public sealed record MessageAttribute
    {
        public string? StringValue { get; init; }

        public string? DataType { get; init; }
    }
}

/// <summary>Partial batch response: what is not named is deleted from the queue.</summary>
public sealed record SQSBatchResponse(IReadOnlyList<SQSBatchResponse.BatchItemFailure> BatchItemFailures)
{
    /// <param name="ItemIdentifier">The message's id.</param>
    public sealed record BatchItemFailure(string ItemIdentifier);
}
