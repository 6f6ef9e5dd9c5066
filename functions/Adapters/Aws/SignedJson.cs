using System.Text.Json;
using System.Text.Json.Nodes;

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
        using HttpRequestMessage request = await AwsSigning.SignedAsync(session, new UnsignedCall(service.Host, service.EndpointName, HttpMethod.Post)
        {
            Body = body, ContentType = $"application/x-amz-json-{service.JsonVersion}", Target = $"{service.Target}.{operation}",
        });
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
