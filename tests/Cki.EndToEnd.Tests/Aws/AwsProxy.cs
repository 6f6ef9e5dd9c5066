using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Kestrel;
using Cki.Peers;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>One call of a function to AWS, in IAM's words.</summary>
/// <param name="Function">Logical id.</param>
/// <param name="Action"><c>s3:PutObject</c>.</param>
/// <param name="Resource">ARN, or <c>*</c> where the call names none.</param>
internal sealed record RecordedCall(string Function, string Action, string Resource)
{
    /// <summary>A process reads the configuration each minute and the secrets each five, whatever it does.</summary>
    public bool IsUpkeep => Action.StartsWith("ssm:", StringComparison.Ordinal) || (Action == "s3:GetObject" && Resource.Contains("/config/", StringComparison.Ordinal));

    public static RecordedCall Of(string function, HttpRequestMessage request, byte[] body)
    {
        if (!request.Headers.TryGetValues("X-Amz-Target", out IEnumerable<string>? targets))
            return OfS3(function, request.Method.Method, request.RequestUri!);
        string[] target = targets.Single().Split('.');
        JsonNode asked = JsonNode.Parse(body)!;
        return target[0] switch
        {
            "AmazonSQS" => new(function, "sqs:" + target[1].Replace("Batch", "", StringComparison.Ordinal), Queue((string)asked["QueueUrl"]!)),
            "AmazonSSM" => new(function, "ssm:" + target[1], $"arn:aws:ssm:{AwsCalls.Region}:{AwsCalls.Account}:parameter{((string)asked["Path"]!).TrimEnd('/')}"),
            "AWSStepFunctions" => new(function, "states:" + target[1], (string?)(asked["stateMachineArn"] ?? asked["executionArn"]) ?? "*"),
            _ => throw new InvalidOperationException($"{function} calls {target[0]}, which the test does not know"),
        };
    }

    private static RecordedCall OfS3(string function, string method, Uri address)
    {
        string path = Uri.UnescapeDataString(address.AbsolutePath[1..]).TrimEnd('/');
        bool isBucket = !path.Contains('/', StringComparison.Ordinal);
        string action = (method, isBucket) switch
        {
            ("GET", true) => "s3:ListBucket",
            ("GET" or "HEAD", false) => "s3:GetObject",
            ("PUT", false) => "s3:PutObject",
            ("DELETE", false) => "s3:DeleteObject",
            _ => throw new InvalidOperationException($"{function}: {method} {address.PathAndQuery} is no call that the test knows"),
        };
        return new RecordedCall(function, action, $"arn:aws:s3:::{path}");
    }

    private static string Queue(string url) => $"arn:aws:sqs:{AwsCalls.Region}:{AwsCalls.Account}:{url[(url.LastIndexOf('/') + 1)..]}";
}

/// <summary>What may happen to a call on its way.</summary>
internal interface ICallFate
{
    /// <summary>Before AWS sees it. True: it never does, and the function is answered 503.</summary>
    Task<bool> RefusesAsync(RecordedCall call, FunctionSandbox by);

    /// <summary>After AWS has answered, before the function knows.</summary>
    Task AnsweredAsync(RecordedCall call, FunctionSandbox by);
}

/// <summary>Stands between one process of a function and moto: writes down each call, refuses those that are to be refused.</summary>
internal sealed class AwsProxy(string function, Uri behind, Action<RecordedCall> record) : IAsyncDisposable
{
    private readonly Forwarding forwarding = new();
    private WebServer? server;
    private int count;

    /// <summary>Null: every call passes.</summary>
    public Func<ICallFate?> Fate { get; init; } = () => null;

    /// <summary>Whose calls they are.</summary>
    public FunctionSandbox? Sandbox { get; set; }

    public Uri Address => server!.Address;

    /// <summary>Calls so far, without upkeep.</summary>
    public int Count => count;

    public async Task StartAsync() => server = await WebServer.StartAsync(
        HandleAsync, new WebServerOptions { BodyBytesMax = 64 << 20, DrainLimit = TimeSpan.FromMilliseconds(100) });

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        forwarding.Dispose();
    }

    private async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        RecordedCall call = RecordedCall.Of(function, request, body);
        record(call);
        if (!call.IsUpkeep)
            Interlocked.Increment(ref count);
        ICallFate? fate = Fate();
        if (fate is not null && await fate.RefusesAsync(call, Sandbox!))
            return Refusal(call);
        HttpResponseMessage response = await forwarding.SendAsync(request, body, behind, cancellationToken);
        // Without the right to list, the answer for a key that is not there would be 403.
        if (call.Action == "s3:GetObject" && response.StatusCode == HttpStatusCode.NotFound)
            record(call with { Action = "s3:ListBucket", Resource = call.Resource[..call.Resource.IndexOf('/', StringComparison.Ordinal)] });
        if (fate is not null)
            await fate.AnsweredAsync(call, Sandbox!);
        return response;
    }

    private static HttpResponseMessage Refusal(RecordedCall call) => new(HttpStatusCode.ServiceUnavailable)
    {
        Content = call.Action.StartsWith("s3:", StringComparison.Ordinal)
            ? new StringContent("<Error><Code>ServiceUnavailable</Code><Message>refused by the test</Message></Error>", Encoding.UTF8, "application/xml")
            : new StringContent("""{"__type":"ServiceUnavailable","message":"refused by the test"}""", Encoding.UTF8, "application/x-amz-json-1.0"),
    };
}
