using Amazon.S3.Model;

namespace Cki.Adapters;

/// <summary>How a queue stands. <paramref name="Age"/> of the oldest message; null: empty, or nobody tells.</summary>
public sealed record QueueSight(long Depth, TimeSpan? Age);

/// <summary>How much a bucket holds, by listing it.</summary>
internal sealed class BucketProbe(Func<string?, AwsSession> sessions)
{
    /// <summary>Of 1,000 objects: a listing is paid for by the page.</summary>
    private const int PagesMax = 100;

    public async Task<CheckSight> LookAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.S3)check.Target;
        using AwsSession session = sessions(target.Region);
        (long objects, long bytes) = (0, 0);
        var request = new ListObjectsV2Request { BucketName = target.Bucket, Prefix = target.Prefix };
        bool isMore = true;
        try
        {
            for (int page = 0; page < PagesMax && isMore; page++)
            {
                ListObjectsV2Response got = await session.Calls.SafelyAsync(AwsCalls.TryLimit, token => session.S3.ListObjectsV2Async(request, token), cancellationToken);
                objects += (got.S3Objects ?? []).Count;
                bytes += (got.S3Objects ?? []).Sum(o => o.Size ?? 0);
                isMore = got.IsTruncated == true;
                request.ContinuationToken = got.NextContinuationToken;
            }
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            return CheckSight.Down(AwsFailures.Describe(e));
        }
        string said = $"{(isMore ? "more than " : "")}{objects} objects, {bytes} bytes";
        bool isMuch = objects > target.ObjectsMost || bytes > target.BytesMost || (isMore && (target.ObjectsMost is not null || target.BytesMost is not null));
        return (isMuch ? CheckSight.Degraded($"{said}, more than it should hold") : CheckSight.Up(said)) with { Value = bytes, Unit = "bytes" };
    }
}

/// <summary>One of the suite's own queues, or any queue of SQS.</summary>
internal sealed class QueueProbe(Func<string?, AwsSession> sessions, Func<string, CancellationToken, Task<QueueSight>> own)
{
    public async Task<CheckSight> LookAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Sqs)check.Target;
        try
        {
            return Judged(target, target.Queue is { } queue ? await own(queue, cancellationToken) : await SqsAsync(target, cancellationToken));
        }
        catch (Exception e) when (e is QueueUnavailableException or AwsUnavailableException)
        {
            return CheckSight.Down(e.Message);
        }
    }

    private async Task<QueueSight> SqsAsync(CheckTarget.Sqs target, CancellationToken cancellationToken)
    {
        string url = target.QueueUrl!.AbsoluteUri;
        // https://sqs.{region}.amazonaws.com/{account}/{name}
        using AwsSession session = sessions(target.QueueUrl.Host.Split('.') is ["sqs", var region, ..] ? region : null);
        SqsDepth depth = await new SqsDepths(session).ReadAsync(url, cancellationToken);
        TimeSpan? age = target.AgeMost is null ? null : (await new QueueNumbers(session).ReadAsync(url[(url.LastIndexOf('/') + 1)..], cancellationToken)).Age;
        return new QueueSight(depth.Ready + depth.Delayed, age);
    }

    private static CheckSight Judged(CheckTarget.Sqs target, QueueSight queue)
    {
        string said = $"{ReportWords.Count((int)Math.Min(queue.Depth, int.MaxValue), "message waits", "messages wait")}{(queue.Age is { } age ? $", the oldest for {ReportWords.Span(age)}" : "")}";
        bool isMuch = queue.Depth > target.DepthMost || queue.Age > target.AgeMost;
        return (isMuch ? CheckSight.Degraded($"{said}, more than it should be") : CheckSight.Up(said)) with { Value = queue.Depth, Unit = "messages" };
    }
}
