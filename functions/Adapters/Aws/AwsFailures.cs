using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace Cki.Adapters;

/// <summary>AWS refused for now, or did not answer. Thrown by <see cref="SignedJson"/>; the ports wrap it into their own exceptions.</summary>
/// <param name="isAnswered">True: AWS said that it did nothing. False: the call may have taken effect.</param>
public sealed class AwsUnavailableException(string message, bool isAnswered, Exception? inner = null) : Exception(message, inner)
{
    public bool IsAnswered { get; } = isAnswered;
}

/// <summary>Sorts what the SDK and the network throw.</summary>
internal static class AwsFailures
{
    /// <summary>Codes of "not now" that come with status 400 (SDK's own list, and S3's for a body that came too slowly).</summary>
    private static readonly HashSet<string> s_notNow =
    [
        "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException", "RequestLimitExceeded",
        "RequestThrottled", "RequestThrottledException", "RequestTimeout", "RequestTimeoutException", "SlowDown", "Throttling", "ThrottledException",
        "ThrottlingException", "TooManyRequestsException",
    ];

    /// <summary>Anything that a call to AWS may end with, our own limit included; a caller's cancellation is none.</summary>
    public static bool IsAws(Exception e) =>
        e is AmazonServiceException or AmazonClientException or AwsUnavailableException || IsSilence(e);

    /// <summary>A repetition may help.</summary>
    public static bool IsTransient(Exception? e) => IsAnsweredNotNow(e) || (e is not null && IsSilence(e));

    /// <summary>AWS answered that it will not do it now: a repetition cannot do it twice.</summary>
    public static bool IsAnsweredNotNow(Exception? e) => e switch
    {
        AwsUnavailableException unavailable => unavailable.IsAnswered,
        AmazonServiceException answered => IsNotNow(answered.StatusCode, answered.ErrorCode),
        _ => false,
    };

    public static bool IsNotNow(HttpStatusCode status, string? code) =>
        (int)status >= 500 || status == HttpStatusCode.TooManyRequests || (code is not null && s_notNow.Contains(code));

    /// <summary>One line for logs and messages: the service's own code and words.</summary>
    public static string Describe(Exception e) => e switch
    {
        AmazonServiceException answered => $"{(int)answered.StatusCode} {answered.ErrorCode}: {answered.Message}",
        _ => e.Message,
    };

    private static bool IsSilence(Exception e) =>
        e is HttpRequestException or IOException or SocketException or TimeoutException or WebException or AwsUnavailableException { IsAnswered: false };
}
