using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Peers;

/// <summary>An AWS service said no.</summary>
internal sealed class AwsRefusedException(string what, int status, string code, string body) : Exception($"{what}: {status} {body}")
{
    public string Code { get; } = code;
}

/// <summary>
/// AWS's JSON protocols by hand: what a test does to a service without any of our adapters. The signature is none; moto reads only the
/// region and the service from it.
/// </summary>
internal sealed class AwsCalls(Uri address) : IDisposable
{
    public const string Region = "eu-central-1";
    public const string Account = "123456789012";

    private static readonly Dictionary<string, (string Target, string Version)> s_services = new(StringComparer.Ordinal)
    {
        ["sqs"] = ("AmazonSQS", "1.0"),
        ["states"] = ("AWSStepFunctions", "1.0"),
        ["ssm"] = ("AmazonSSM", "1.1"),
        ["events"] = ("AWSEvents", "1.1"),
        ["logs"] = ("Logs_20140328", "1.1"),
        ["kms"] = ("TrentService", "1.1"),
    };

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };

    public Uri Address => address;

    /// <summary>One call of a JSON service: <c>CallAsync("sqs", "SendMessage", ...)</c>.</summary>
    public async Task<JsonObject> CallAsync(string service, string action, JsonObject asked, CancellationToken cancellationToken = default)
    {
        (string target, string version) = s_services[service];
        using HttpRequestMessage request = Signed(HttpMethod.Post, "/", service);
        request.Headers.Add("X-Amz-Target", $"{target}.{action}");
        request.Content = new StringContent(asked.ToJsonString(), Encoding.UTF8);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue($"application/x-amz-json-{version}");
        string text = await SendAsync(request, $"{service} {action}", cancellationToken);
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    /// <summary>One call of a REST or query service; the body's text.</summary>
    public async Task<string> SendAsync(
        HttpMethod method, string path, string service, HttpContent? content = null, CancellationToken cancellationToken = default)
    {
        using HttpRequestMessage request = Signed(method, path, service);
        request.Content = content;
        return await SendAsync(request, $"{service} {method} {path}", cancellationToken);
    }

    /// <summary>Null where a read finds nothing (404).</summary>
    public async Task<string?> ReadAsync(string path, string service)
    {
        using HttpRequestMessage request = Signed(HttpMethod.Get, path, service);
        using HttpResponseMessage response = await http.SendAsync(request);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
            return null;
        return (int)response.StatusCode < 300
            ? await response.Content.ReadAsStringAsync()
            : throw new AwsRefusedException($"{service} {path}", (int)response.StatusCode, "", await response.Content.ReadAsStringAsync());
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Signed(HttpMethod method, string path, string service)
    {
        var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential=test/20261122/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        return request;
    }

    private async Task<string> SendAsync(HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        if ((int)response.StatusCode < 300)
            return text;
        string code = text.StartsWith('{') ? (string?)JsonNode.Parse(text)?["__type"] ?? "" : "";
        throw new AwsRefusedException(what, (int)response.StatusCode, code, text);
    }
}
