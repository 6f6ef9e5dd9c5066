using System.Net.Http.Headers;
using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace Cki.Adapters;

/// <param name="Host">First label of the service's address, and its name in signatures.</param>
/// <param name="EndpointName">As in <c>AWS_ENDPOINT_URL_SFN</c>.</param>
internal sealed record UnsignedCall(string Host, string EndpointName, HttpMethod Method)
{
    /// <summary>Below the service's address; made of words of our own that need no escape.</summary>
    public string Path { get; init; } = "";

    public byte[] Body { get; init; } = [];

    /// <summary>Null: there is no body.</summary>
    public string? ContentType { get; init; }

    /// <summary>X-Amz-Target; null: none.</summary>
    public string? Target { get; init; }
}

/// <summary>Requests with AWSSDK.Core's Signature Version 4.</summary>
internal static class AwsSigning
{
    public static async Task<HttpRequestMessage> SignedAsync(AwsSession session, UnsignedCall call)
    {
        ImmutableCredentials credentials = await session.Credentials.GetCredentialsAsync();
        Uri address = Address(session, call);
        DateTime now = session.Clock.GetUtcNow().UtcDateTime;
        string date = now.ToString("yyyyMMdd'T'HHmmss'Z'");
        // In the order of their names, as they are signed.
        (string Name, string? Value)[] headers =
        [
            ("content-type", call.ContentType), ("host", address.Authority), ("x-amz-date", date),
            ("x-amz-security-token", credentials.Token is { Length: > 0 } token ? token : null), ("x-amz-target", call.Target),
        ];
        (string Name, string? Value)[] sent = [.. headers.Where(h => h.Value is not null)];
        string names = string.Join(';', sent.Select(h => h.Name));
        string canonical = string.Join(
            '\n', [call.Method.Method, address.AbsolutePath, "", .. sent.Select(h => $"{h.Name}:{h.Value}"), "", names, Convert.ToHexStringLower(SHA256.HashData(call.Body))]);
        AWS4SigningResult signature = AWS4Signer.ComputeSignature(credentials, session.Region, now, call.Host, names, canonical);
        var request = new HttpRequestMessage(call.Method, address);
        if (call.ContentType is not null)
            request.Content = new ByteArrayContent(call.Body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(call.ContentType) } };
        foreach ((string name, string? value) in sent.Where(h => h.Name.StartsWith("x-amz-", StringComparison.Ordinal)))
            request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return request;
    }

    private static Uri Address(AwsSession session, UnsignedCall call)
    {
        Uri root = session.EndpointOf(call.EndpointName)
            ?? new Uri($"https://{call.Host}.{session.Region}.{RegionEndpoint.GetBySystemName(session.Region).PartitionDnsSuffix}/");
        return call.Path.Length == 0 ? root : new Uri(root.AbsoluteUri.TrimEnd('/') + call.Path);
    }
}
