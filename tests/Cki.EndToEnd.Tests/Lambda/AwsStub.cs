using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.EndToEnd.Tests;

/// <summary>One call that reached the stub: <c>S3 PUT archive/deliveries/...</c>, <c>SQS SendMessage</c>, <c>SSM GetParametersByPath</c>.</summary>
internal sealed record AwsCall(string What, string Body);

/// <summary>
/// Just enough of S3, SQS and Parameter Store for one function's process, as a function behind a loopback server: objects in memory, queues that only record.
/// It checks no signature. moto takes its place where behaviour counts; this one is for start-up, shapes and times.
/// </summary>
internal sealed class AwsStub
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Parameters { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<AwsCall> Calls { get; } = new();

    public async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        if (request.Headers.TryGetValues("X-Amz-Target", out IEnumerable<string>? targets))
            return Json(targets.Single(), Encoding.UTF8.GetString(body));
        string key = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath[1..]);
        Calls.Enqueue(new AwsCall($"S3 {request.Method} {key}", Encoding.UTF8.GetString(body)));
        if (request.Method == HttpMethod.Put)
        {
            Objects[key] = body;
            return Object([], body);
        }
        return Objects.TryGetValue(key, out byte[]? found) ? Object(found, found) : NoSuchKey();
    }

    private HttpResponseMessage Json(string target, string body)
    {
        string[] parts = target.Split('.');
        Calls.Enqueue(new AwsCall($"{(parts[0] == "AmazonSSM" ? "SSM" : "SQS")} {parts[1]}", body));
        JsonObject answer = parts[1] switch
        {
            "GetParametersByPath" => new JsonObject { ["Parameters"] = new JsonArray([.. Parameters.Select(Parameter)]) },
            "SendMessage" => Sent((string)JsonNode.Parse(body)!["MessageBody"]!),
            _ => [],
        };
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.0") };
    }

    private static JsonNode Parameter(KeyValuePair<string, string> parameter) =>
        new JsonObject { ["Name"] = parameter.Key, ["Value"] = parameter.Value, ["Type"] = "SecureString", ["Version"] = 1 };

    /// <summary>Clients compare the digest with their own.</summary>
    private static JsonObject Sent(string body) =>
        new() { ["MessageId"] = "00000000-0000-4000-8000-000000000001", ["MD5OfMessageBody"] = Hex(Encoding.UTF8.GetBytes(body)) };

    private static HttpResponseMessage Object(byte[] content, byte[] tagged)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };
        response.Headers.TryAddWithoutValidation("ETag", $"\"{Hex(tagged)}\"");
        return response;
    }

    private static HttpResponseMessage NoSuchKey() => new(HttpStatusCode.NotFound)
    {
        Content = new StringContent("<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>", Encoding.UTF8, "application/xml"),
    };

    /// <summary>MD5 is what S3 and SQS use for tags and digests; it guards nothing here.</summary>
    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
}
