using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Kestrel;

namespace Cki.Peers;

/// <summary>How a function ended, as Lambda's Invoke tells it.</summary>
internal abstract record LambdaAnswer
{
    private LambdaAnswer() { }

    /// <param name="Payload">JSON.</param>
    public sealed record Returned(string Payload) : LambdaAnswer;

    /// <summary>The function posted an error: <c>{"errorMessage": ..., "errorType": ...}</c>.</summary>
    public sealed record Failed(string Payload) : LambdaAnswer;

    /// <summary>Lambda itself failed, perhaps after the function had done its work.</summary>
    public sealed record Broke(string Error = "ServiceException") : LambdaAnswer;
}

/// <summary>Answers one invocation: function name or ARN, payload.</summary>
internal delegate Task<LambdaAnswer> LambdaFunctions(string function, string payload, CancellationToken cancellationToken);

/// <summary>
/// Lambda's Invoke for moto's Step Functions interpreter, whose own Lambda wants Docker. Everything else that the interpreter asks is passed
/// on to moto.
/// </summary>
internal sealed class LambdaDoor : IAsyncDisposable
{
    private const string Functions = "/2015-03-31/functions/";
    private const string Invocations = "/invocations";

    private readonly LambdaFunctions functions;
    private readonly Forwarding forwarding = new();
    private readonly CancellationTokenSource stopping = new();
    private WebServer? server;

    private LambdaDoor(LambdaFunctions functions) => this.functions = functions;

    /// <summary>moto's address; set before the first execution starts.</summary>
    public Uri? Behind { get; set; }

    public int Port => server!.Address.Port;

    public static async Task<LambdaDoor> StartAsync(LambdaFunctions functions)
    {
        var door = new LambdaDoor(functions);
        door.server = await WebServer.StartAsync(door.HandleAsync, new WebServerOptions { DrainLimit = TimeSpan.FromMilliseconds(200) });
        return door;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        if (server is not null)
            await server.DisposeAsync();
        forwarding.Dispose();
        stopping.Dispose();
    }

    private async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping.Token);
        string path = request.RequestUri!.AbsolutePath;
        if (!path.StartsWith(Functions, StringComparison.Ordinal) || !path.EndsWith(Invocations, StringComparison.Ordinal))
        {
            Uri behind = Behind ?? throw new InvalidOperationException("no moto behind the door");
            return await forwarding.SendAsync(request, await request.Content!.ReadAsByteArrayAsync(either.Token), behind, either.Token);
        }
        string name = Uri.UnescapeDataString(path[Functions.Length..^Invocations.Length]);
        string payload = await request.Content!.ReadAsStringAsync(either.Token);
        return Answer(await functions(name, payload, either.Token));
    }

    private static HttpResponseMessage Answer(LambdaAnswer answer)
    {
        (int status, string body) = answer switch
        {
            LambdaAnswer.Returned returned => (200, returned.Payload),
            LambdaAnswer.Failed failed => (200, failed.Payload),
            LambdaAnswer.Broke => (500, new JsonObject { ["Type"] = "Service", ["Message"] = "the answer was lost" }.ToJsonString()),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        response.Headers.Add("X-Amz-Executed-Version", "$LATEST");
        response.Headers.Add("X-Amzn-RequestId", Guid.NewGuid().ToString());
        if (answer is LambdaAnswer.Failed)
            response.Headers.Add("X-Amz-Function-Error", "Unhandled");
        if (answer is LambdaAnswer.Broke broke)
            response.Headers.Add("X-Amzn-ErrorType", broke.Error);
        return response;
    }
}
