using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace Cki.Adapters;

/// <summary>A service that speaks AWS's JSON protocols.</summary>
/// <param name="Host">First label of its address, and its name in signatures: <c>states</c>.</param>
/// <param name="EndpointName">As in <c>AWS_ENDPOINT_URL_SFN</c>.</param>
/// <param name="Target">Before the operation in X-Amz-Target: <c>AWSStepFunctions</c>.</param>
/// <param name="JsonVersion"><c>1.0</c> or <c>1.1</c>.</param>
public sealed record JsonService(string Host, string EndpointName, string Target, string JsonVersion)
{
    public static readonly JsonService StepFunctions = new("states", "SFN", "AWSStepFunctions", "1.0");

    public static readonly JsonService CloudWatch = new("monitoring", "CLOUDWATCH", "GraniteServiceVersion20100801", "1.0");

    public static readonly JsonService Logs = new("logs", "CLOUDWATCH_LOGS", "Logs_20140328", "1.1");
}

/// <summary>What a service answered.</summary>
public abstract record JsonAnswer
{
    private JsonAnswer() { }

    public sealed record Good(JsonObject Body) : JsonAnswer;

    /// <param name="Error">Without its namespace: <c>ExecutionAlreadyExists</c>.</param>
    public sealed record Refused(int Status, string Error, string Message) : JsonAnswer;
}

/// <summary>
/// A small client for services whose SDK we do without; AWSSDK.Core's Signature Version 4. Throttling, 5xx and silence are repeated within
/// <see cref="AwsCalls"/>' bounds and then thrown as <see cref="AwsUnavailableException"/>; any other refusal is an answer.
/// </summary>
public sealed class SignedJson(AwsSession session, JsonService service)
{
    private const int AnswerBytesMax = 8 << 20;
    private const string SignedHeaders = "content-type;host;x-amz-date;x-amz-target";

    /// <param name="operation">e.g. <c>StartExecution</c>. It may happen twice.</param>
    public async Task<JsonAnswer> CallAsync(string operation, JsonObject body, CancellationToken cancellationToken)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(body, NodeJson.Default.JsonObject);
        try
        {
            return await session.Calls.SafelyAsync(AwsCalls.TryLimit, token => TryAsync(operation, bytes, token), cancellationToken);
        }
        catch (Exception e) when (AwsFailures.IsAws(e) && e is not AwsUnavailableException)
        {
            throw new AwsUnavailableException($"{operation}: {AwsFailures.Describe(e)}", isAnswered: false, e);
        }
    }

    private async Task<JsonAnswer> TryAsync(string operation, byte[] body, CancellationToken cancellationToken)
    {
        ImmutableCredentials credentials = await session.Credentials.GetCredentialsAsync();
        using HttpRequestMessage request = Signed(operation, body, credentials);
        using HttpResponseMessage response = await session.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        byte[] answer = await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, cancellationToken);
        JsonObject? json = Json(answer);
        if (response.IsSuccessStatusCode)
            return new JsonAnswer.Good(json ?? throw new AwsUnavailableException($"{operation}: the answer is no JSON object", isAnswered: false));
        JsonAnswer.Refused refused = Refusal(response, json);
        return AwsFailures.IsNotNow(response.StatusCode, refused.Error)
            ? throw new AwsUnavailableException($"{operation}: {refused.Status} {refused.Error}: {refused.Message}", isAnswered: true)
            : refused;
    }

    private HttpRequestMessage Signed(string operation, byte[] body, ImmutableCredentials credentials)
    {
        Uri address = session.EndpointOf(service.EndpointName) ?? Address(session.Region);
        DateTime now = session.Clock.GetUtcNow().UtcDateTime;
        string contentType = $"application/x-amz-json-{service.JsonVersion}";
        string target = $"{service.Target}.{operation}";
        string date = now.ToString("yyyyMMdd'T'HHmmss'Z'");
        bool isSession = !string.IsNullOrEmpty(credentials.Token);
        string names = isSession ? SignedHeaders.Replace(";x-amz-target", ";x-amz-security-token;x-amz-target") : SignedHeaders;
        string canonical = string.Join('\n', (string[])
        [
            "POST", address.AbsolutePath, "",
            $"content-type:{contentType}", $"host:{address.Authority}", $"x-amz-date:{date}",
            .. isSession ? (string[])[$"x-amz-security-token:{credentials.Token}"] : [],
            $"x-amz-target:{target}", "", names, Convert.ToHexStringLower(SHA256.HashData(body)),
        ]);
        AWS4SigningResult signature = AWS4Signer.ComputeSignature(credentials, session.Region, now, service.Host, names, canonical);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", date);
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        if (isSession)
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", credentials.Token);
        return request;
    }

    private Uri Address(string region) => new($"https://{service.Host}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}/");

    /// <summary><c>com.amazonaws.states#ExecutionAlreadyExists</c> in the body, or <c>ExecutionAlreadyExists:http://...</c> in a header.</summary>
    private static JsonAnswer.Refused Refusal(HttpResponseMessage response, JsonObject? body)
    {
        string type = body?["__type"]?.ToString()
            ?? (response.Headers.TryGetValues("x-amzn-ErrorType", out IEnumerable<string>? values) ? values.First() : "");
        type = type[(type.LastIndexOf('#') + 1)..];
        string message = (body?["message"] ?? body?["Message"])?.ToString() ?? response.ReasonPhrase ?? "";
        return new JsonAnswer.Refused((int)response.StatusCode, type.Split(':')[0], message);
    }

    private static JsonObject? Json(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
