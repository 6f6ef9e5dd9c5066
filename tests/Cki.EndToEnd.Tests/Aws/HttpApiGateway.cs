using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Kestrel;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>The template's HTTP API: its routes, payload format 2.0, API Gateway's and Lambda's limits, in front of one function.</summary>
internal sealed class HttpApiGateway : IAsyncDisposable
{
    /// <summary>API Gateway's limit of a request's body.</summary>
    public const int BodyBytesMax = 10 * 1024 * 1024;

    /// <summary>Lambda's limit of a synchronous event, as JSON.</summary>
    public const int EventBytesMax = 6 * 1024 * 1024;

    /// <summary>For tests: the size of the event that was made of the request.</summary>
    public const string EventBytesHeader = "X-Test-Event-Bytes";

    private readonly IReadOnlyList<DeployedRoute> routes;
    private readonly DeployedFunction function;
    private WebServer? server;
    private int count;

    private HttpApiGateway(IReadOnlyList<DeployedRoute> routes, DeployedFunction function)
    {
        this.routes = routes;
        this.function = function;
    }

    public Uri Address => server!.Address;

    public static async Task<HttpApiGateway> StartAsync(IReadOnlyList<DeployedRoute> routes, DeployedFunction function)
    {
        var gateway = new HttpApiGateway(routes, function);
        gateway.server = await WebServer.StartAsync(gateway.HandleAsync, new WebServerOptions { BodyBytesMax = BodyBytesMax, DrainLimit = TimeSpan.FromMilliseconds(200) });
        return gateway;
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string[] path = request.RequestUri!.AbsolutePath.Split('/');
        DeployedRoute? route = routes.FirstOrDefault(one => one.Method == request.Method.Method && Matches(one.Path.Split('/'), path));
        if (route is null)
            return Told(HttpStatusCode.NotFound, "Not Found");
        string json = JsonSerializer.Serialize(
            await EventAsync(request, $"{route.Method} {route.Path}", cancellationToken), LambdaJson.Default.APIGatewayHttpApiV2ProxyRequest);
        int bytes = Encoding.UTF8.GetByteCount(json);
        if (bytes > EventBytesMax)
            return Told(HttpStatusCode.RequestEntityTooLarge, "Request Too Long");
        HttpResponseMessage answer = await InvokeAsync(json, route.Limit, cancellationToken);
        answer.Headers.Add(EventBytesHeader, bytes.ToString());
        return answer;
    }

    private async Task<HttpResponseMessage> InvokeAsync(string json, TimeSpan limit, CancellationToken cancellationToken)
    {
        Task<Invoked> invoked = function.InvokeAsync(json);
        if (await Task.WhenAny(invoked, Task.Delay(limit, cancellationToken)) != invoked)
            return Told(HttpStatusCode.ServiceUnavailable, "Service Unavailable");
        return (await invoked).IsError ? Told(HttpStatusCode.InternalServerError, "Internal Server Error") : Answer((await invoked).Body);
    }

    private async Task<APIGatewayHttpApiV2ProxyRequest> EventAsync(HttpRequestMessage request, string route, CancellationToken cancellationToken)
    {
        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        string type = request.Content.Headers.ContentType?.MediaType ?? "";
        bool isText = type.StartsWith("text/", StringComparison.Ordinal) || type is "application/json" or "application/xml" or "application/javascript";
        return new APIGatewayHttpApiV2ProxyRequest
        {
            Version = "2.0",
            RouteKey = route,
            RawPath = request.RequestUri!.AbsolutePath,
            RawQueryString = request.RequestUri.Query.TrimStart('?'),
            Headers = request.Headers.Concat(request.Content.Headers)
                .GroupBy(one => one.Key.ToLowerInvariant()).ToDictionary(one => one.Key, one => string.Join(',', one.SelectMany(values => values.Value))),
            RequestContext = new()
            {
                RequestId = $"gateway-{Interlocked.Increment(ref count):00000000}", RouteKey = route, Stage = "$default",
                Http = new() { Method = request.Method.Method, Path = request.RequestUri.AbsolutePath, SourceIp = "127.0.0.1" },
            },
            PathParameters = new Dictionary<string, string> { ["source"] = request.RequestUri.Segments[^1] },
            Body = body.Length == 0 ? null : isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body),
            IsBase64Encoded = body.Length > 0 && !isText,
        };
    }

    /// <summary><c>{source}</c> takes one segment.</summary>
    private static bool Matches(string[] route, string[] path) =>
        route.Length == path.Length && route.Zip(path).All(pair => pair.First == pair.Second || (pair.First.StartsWith('{') && pair.Second.Length > 0));

    private static HttpResponseMessage Answer(string body)
    {
        APIGatewayHttpApiV2ProxyResponse answer = JsonSerializer.Deserialize(body, LambdaJson.Default.APIGatewayHttpApiV2ProxyResponse)!;
        byte[] content = answer.IsBase64Encoded ? Convert.FromBase64String(answer.Body ?? "") : Encoding.UTF8.GetBytes(answer.Body ?? "");
        var response = new HttpResponseMessage((HttpStatusCode)answer.StatusCode) { Content = new ByteArrayContent(content) };
        foreach ((string name, string value) in answer.Headers ?? new Dictionary<string, string>())
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content.Headers.TryAddWithoutValidation(name, value);
        }
        return response;
    }

    private static HttpResponseMessage Told(HttpStatusCode status, string message) =>
        new(status) { Content = new StringContent(new JsonObject { ["message"] = message }.ToJsonString(), Encoding.UTF8, "application/json") };
}
