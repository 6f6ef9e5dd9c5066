using System.Text;

namespace Cki.Adapters;

/// <summary>What a service answered, refusals included.</summary>
public sealed record TextAnswer(int Status, string Body)
{
    public bool IsGood => Status is >= 200 and < 300;
}

/// <summary>
/// For services that speak none of AWS's JSON protocols: Lambda's REST, CloudFormation's forms and XML. Reads alone: throttling, 5xx and silence are
/// repeated within <see cref="AwsCalls"/>' bounds and then thrown as <see cref="AwsUnavailableException"/>; any other refusal is an answer.
/// </summary>
/// <param name="host">First label of the service's address, and its name in signatures.</param>
public sealed class SignedText(AwsSession session, string host)
{
    private const int AnswerBytesMax = 8 << 20;

    private readonly string _endpoint = host.ToUpperInvariant();

    /// <param name="path">From its first slash; without a query.</param>
    public Task<TextAnswer> GetAsync(string path, CancellationToken cancellationToken) =>
        AskAsync(path, new UnsignedCall(host, _endpoint, HttpMethod.Get) { Path = path }, cancellationToken);

    /// <summary>A read of a service whose reads are posted forms.</summary>
    public Task<TextAnswer> AskFormAsync(IEnumerable<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Join('&', form.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}")));
        return AskAsync(
            form.First().Value, new UnsignedCall(host, _endpoint, HttpMethod.Post) { Body = body, ContentType = "application/x-www-form-urlencoded" }, cancellationToken);
    }

    private async Task<TextAnswer> AskAsync(string what, UnsignedCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await session.Calls.SafelyAsync(AwsCalls.TryLimit, token => TryAsync(what, call, token), cancellationToken);
        }
        catch (Exception e) when (AwsFailures.IsAws(e) && e is not AwsUnavailableException)
        {
            throw new AwsUnavailableException($"{what}: {AwsFailures.Describe(e)}", isAnswered: false, e);
        }
    }

    private async Task<TextAnswer> TryAsync(string what, UnsignedCall call, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = await AwsSigning.SignedAsync(session, call);
        using HttpResponseMessage response = await session.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        string body = Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, cancellationToken));
        bool isThrottled = !response.IsSuccessStatusCode && body.Contains("Throttling", StringComparison.Ordinal);
        return isThrottled || AwsFailures.IsNotNow(response.StatusCode, null)
            ? throw new AwsUnavailableException($"{what}: {(int)response.StatusCode} {response.ReasonPhrase}", isAnswered: true)
            : new TextAnswer((int)response.StatusCode, body);
    }
}
