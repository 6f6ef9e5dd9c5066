using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Cki.Adapters;
using Cki.Kestrel;
using Cki.Tests.Doubles;

namespace Cki.Tests.AwsRooms;

/// <summary>One request to a stand-in for AWS.</summary>
internal sealed record Asked(string Method, string Path, string Target, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>An answer; a null status drops the connection, status 0 never answers.</summary>
internal sealed record Told(int? Status, string Body = "{}", string? ETag = null);

/// <summary>A loopback server in AWS's place: answers as told, the last answer again and again, and remembers what it was asked.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly ConcurrentQueue<Told> answers = new();
    private readonly ConcurrentQueue<Asked> asked = new();
    private Told last = new(500);
    private WebServer? server;

    public IReadOnlyList<Asked> Asked => [.. asked];

    public Dictionary<string, string> Environment { get; } = new()
    {
        ["AWS_REGION"] = "eu-central-1", ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "secret", ["AWS_SESSION_TOKEN"] = "session",
    };

    public static async Task<StandIn> StartAsync(params Told[] answers)
    {
        var standIn = new StandIn();
        standIn.Tells(answers);
        standIn.server = await WebServer.StartAsync(standIn.AnswerAsync);
        standIn.Environment["AWS_ENDPOINT_URL"] = standIn.server.Address.AbsoluteUri;
        return standIn;
    }

    public void Tells(params Told[] more)
    {
        foreach (Told answer in more)
            answers.Enqueue(answer);
    }

    public AwsSession Session(TimeProvider? clock = null) =>
        new(Environment.GetValueOrDefault, clock ?? TimeProvider.System, new SeededDice());

    public async ValueTask DisposeAsync() => await server!.DisposeAsync();

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = request.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        string body = await request.Content!.ReadAsStringAsync(cancellationToken);
        asked.Enqueue(new Asked(
            request.Method.Method, request.RequestUri!.PathAndQuery, headers.GetValueOrDefault("X-Amz-Target", ""), body, headers));
        last = answers.TryDequeue(out Told? next) ? next : last;
        if (last.Status is null)
            throw new HttpRequestException("dropped");
        if (last.Status == 0)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        var response = new HttpResponseMessage((HttpStatusCode)last.Status) { Content = new StringContent(last.Body, Encoding.UTF8, last.Body.StartsWith('<') ? "application/xml" : "application/x-amz-json-1.0") };
        if (last.ETag is not null)
            response.Headers.TryAddWithoutValidation("ETag", last.ETag);
        return response;
    }
}
