namespace Cki.Adapters;

/// <summary>ChangeMessageVisibility, for what a function gives back.</summary>
public sealed class SqsVisibility(AwsSession session)
{
    /// <param name="pause">0 to 12 h, rounded up to seconds.</param>
    /// <remarks>Throws what the client throws: the queue's own time-out brings the message back all the same.</remarks>
    public Task HideAsync(string queueUrl, string receiptHandle, TimeSpan pause, CancellationToken cancellationToken) =>
        session.Calls.SafelyAsync(
            AwsCalls.RenewLimit,
            token => session.Sqs.ChangeMessageVisibilityAsync(queueUrl, receiptHandle, (int)Math.Ceiling(pause.TotalSeconds), token),
            cancellationToken);
}
