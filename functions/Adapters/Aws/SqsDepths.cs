using Amazon.SQS.Model;

namespace Cki.Adapters;

/// <summary>How an SQS queue stands, approximately: SQS counts on many machines. It tells no age.</summary>
public sealed record SqsDepth(long Ready, long Delayed, long InFlight);

/// <summary>Looks at queues without taking anything from them.</summary>
public sealed class SqsDepths(AwsSession session)
{
    private static readonly List<string> s_counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessagesNotVisible"];

    /// <summary>Throws <see cref="QueueUnavailableException"/> where there is no such queue, or it may not be looked at.</summary>
    public async Task<SqsDepth> ReadAsync(string url, CancellationToken cancellationToken)
    {
        var request = new GetQueueAttributesRequest { QueueUrl = url, AttributeNames = s_counts };
        try
        {
            GetQueueAttributesResponse told = await session.Calls.SafelyAsync(
                AwsCalls.TryLimit, token => session.Sqs.GetQueueAttributesAsync(request, token), cancellationToken);
            return new SqsDepth(told.ApproximateNumberOfMessages, told.ApproximateNumberOfMessagesDelayed, told.ApproximateNumberOfMessagesNotVisible);
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            throw new QueueUnavailableException($"Queue {url[(url.LastIndexOf('/') + 1)..]}: {AwsFailures.Describe(e)}", e);
        }
    }
}
