using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Cki.Adapters;

/// <summary>
/// Objects in two S3 buckets by prefix. Conditional writes are tried once: 412, 409 (another write was under way) and 404 of an If-Match are
/// <see cref="PutOutcome.Lost"/>, whatever was not answered is <see cref="StoreUnavailableException"/>; <see cref="Documents"/> re-reads after either.
/// An absent key reads as null only with the right to list the bucket: without it S3 answers 403, which throws.
/// </summary>
public sealed class S3Store(AwsSession session, StoreBuckets buckets) : IObjectStore
{
    public async Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = buckets.Of(key), Key = key };
        try
        {
            return await session.Calls.SafelyAsync(AwsCalls.BodyLimit, token => ReadAsync(request, token), cancellationToken);
        }
        catch (AmazonS3Exception e) when (IsNoSuchKey(e))
        {
            return null;
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            throw Unavailable(key, e);
        }
    }

    public async Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken)
    {
        Task<PutObjectResponse> Put(CancellationToken token) => session.S3.PutObjectAsync(Request(key, body, condition), token);
        try
        {
            PutObjectResponse stored = condition is PutCondition.Always
                ? await session.Calls.CarefullyAsync(AwsCalls.BodyLimit, Put, cancellationToken)
                : await session.Calls.OnceAsync(AwsCalls.BodyLimit, Put, cancellationToken);
            return new PutOutcome.Stored(stored.ETag);
        }
        catch (AmazonS3Exception e) when (condition is not PutCondition.Always && IsLost(e, condition))
        {
            return new PutOutcome.Lost();
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            throw Unavailable(key, e);
        }
    }

    public async Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, 1000);
        var found = new List<string>();
        try
        {
            foreach (string bucket in buckets.Under(prefix))
                found.AddRange(await KeysAsync(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, StartAfter = after }, most, cancellationToken));
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            throw Unavailable(prefix, e);
        }
        return [.. found.Order(StringComparer.Ordinal).Take(most)];
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectRequest { BucketName = buckets.Of(key), Key = key };
        try
        {
            await session.Calls.CarefullyAsync(AwsCalls.TryLimit, token => session.S3.DeleteObjectAsync(request, token), cancellationToken);
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            throw Unavailable(key, e);
        }
    }

    private async Task<StoredObject?> ReadAsync(GetObjectRequest request, CancellationToken cancellationToken)
    {
        using GetObjectResponse found = await session.S3.GetObjectAsync(request, cancellationToken);
        byte[] body = new byte[found.ContentLength];
        await found.ResponseStream.ReadExactlyAsync(body, cancellationToken);
        return new StoredObject(request.Key, body, found.ETag);
    }

    /// <summary>S3 may return fewer keys than asked for and say that there are more.</summary>
    private async Task<IReadOnlyList<string>> KeysAsync(ListObjectsV2Request request, int most, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        do
        {
            request.MaxKeys = most - keys.Count;
            ListObjectsV2Response page = await session.Calls.SafelyAsync(
                AwsCalls.TryLimit, token => session.S3.ListObjectsV2Async(request, token), cancellationToken);
            keys.AddRange((page.S3Objects ?? []).Select(o => o.Key));
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null && keys.Count < most);
        return keys;
    }

    private PutObjectRequest Request(string key, ReadOnlyMemory<byte> body, PutCondition condition)
    {
        var request = new PutObjectRequest
        {
            BucketName = buckets.Of(key),
            Key = key,
            InputStream = new MemoryStream(body.ToArray(), writable: false),
            // CloudFront shows the board with it, and with nosniff.
            ContentType = ContentTypes.Of(key) ?? ContentTypes.Json,
            // One signed hash over the body instead of signed chunks.
            UseChunkEncoding = false,
        };
        if (condition is PutCondition.IfAbsent)
            request.IfNoneMatch = "*";
        if (condition is PutCondition.IfUnchanged unchanged)
            request.IfMatch = unchanged.Version;
        return request;
    }

    private static bool IsNoSuchKey(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket";

    private static bool IsLost(AmazonS3Exception e, PutCondition condition) =>
        e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict || (condition is PutCondition.IfUnchanged && IsNoSuchKey(e));

    private static StoreUnavailableException Unavailable(string key, Exception e) => new($"Object {key}: {AwsFailures.Describe(e)}", e);
}
