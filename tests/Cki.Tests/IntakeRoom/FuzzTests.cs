using System.Diagnostics;
using System.Text;

using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>100,000 spoiled deliveries through both skins of the door, most of them genuinely signed: what is behind the proof is what is tried.</summary>
[Collection(nameof(HerdingRoom.PathologicalTraceTests.Alone))]
public sealed class FuzzTests
{
    private const ulong Seed = 20261122;
    private const int Inputs = 100_000;
    private static readonly TimeSpan s_slowest = TimeSpan.FromSeconds(3);

    private static readonly string[] s_secrets = ["fuzz-token", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "user:fuzz"];

    private static readonly SourceConfig[] s_sources =
    [
        new("gitlab", SourceKinds.GitLab, "gitlab.example", ["token"]),
        new("gitlab-signed", SourceKinds.GitLab, "gitlab.example", []) { SigningSecrets = ["key"] },
        new("github", SourceKinds.GitHub, "github.com", []) { SigningSecrets = ["token"] },
        new("sentry", SourceKinds.Sentry, "", []) { SigningSecrets = ["token"] },
        new("jira", SourceKinds.Hmac, "", []) { SigningSecrets = ["token"], ProofHeader = "x-hub-signature", ProofPrefix = "sha256=", EventHeader = "x-event" },
        new("others", SourceKinds.StandardWebhooks, "", []) { SigningSecrets = ["key"] },
        new("alerts", SourceKinds.Bearer, "", ["token"]),
        new("grafana", SourceKinds.Basic, "", ["basic"]),
    ];

    private readonly InMemoryPorts _world = new(A.Config() with { Sources = s_sources });
    private readonly ForgetfulPorts _kept = new();
    private readonly SeededDice _dice = new(Seed);
    private readonly Mutants _mutants;
    private readonly WebhookDoor _door;
    private readonly FrontDoor _kestrel;
    private readonly HttpApiDoor _httpApi;

    public FuzzTests()
    {
        foreach ((string name, string value) in new[] { "token", "key", "basic" }.Zip(s_secrets))
            _world.Secrets.Values[name] = value;
        SuitePorts ports = _world.Ports with { Store = _kept, Queue = _kept };
        _door = WebhookIntakeStage.Compose(ports, NullLoggerFactory.Instance).Door;
        _kestrel = new FrontDoor(_door, _kept, () => null);
        _httpApi = new HttpApiDoor(_door);
        _mutants = new Mutants(RecordedPayloads.OrOurOwn(), _dice);
    }

    [Fact]
    public async Task A_hundred_thousand_spoiled_deliveries_are_each_answered_without_a_5xx_in_bounded_memory_and_time()
    {
        var answers = new SortedDictionary<int, int>();
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan slowest = TimeSpan.Zero;
        for (int i = 0; i < Inputs; i++)
        {
            DoorRequest request = Next(i);
            var watch = Stopwatch.StartNew();
            int status = await AnswerAsync(i, request);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            answers[status] = answers.GetValueOrDefault(status) + 1;
        }
        long grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {Seed}: {string.Join(", ", answers.Select(a => $"{a.Value} x {a.Key}"))}; slowest {slowest.TotalMilliseconds:0} ms, {grown / 1024} KiB more in use, largest message {_kept.LargestMessage}");
        Assert.Equal([202, 400, 401, 404, 431], answers.Keys);
        Assert.True(answers[202] > Inputs / 2, "most get past the proof");
        Assert.Equal(_kept.Archived, answers[202]);
        Assert.True(_kept.LargestMessage < 16_000, $"a message of {_kept.LargestMessage} characters");
        Assert.True(grown < 32 << 20, $"{grown} bytes more are in use");
        Assert.True(slowest < s_slowest, $"one input took {slowest}");
    }

    private DoorRequest Next(int i)
    {
        byte[] body = _mutants.Next();
        SourceConfig source = s_sources[_mutants.Below(s_sources.Length)];
        int secret = source.Name == "grafana" ? 2 : source.Name is "others" or "gitlab-signed" ? 1 : 0;
        var headers = new Dictionary<string, string>(DeliverySigning.Headers(source, $"fuzz-{i}", body, s_secrets[secret], A.Noon)) { ["content-type"] = "application/json" };
        if (_dice.Roll("spoil-headers") % 4 == 0)
            SpoilHeaders(headers);
        string name = _dice.Roll("path") % 200 == 0 ? Encoding.Latin1.GetString(_mutants.Next()[..8]) : source.Name;
        return new DoorRequest("POST", $"/webhooks/{name}", headers, body);
    }

    private void SpoilHeaders(Dictionary<string, string> headers)
    {
        string[] names = [.. headers.Keys, "idempotency-key", "webhook-id", "webhook-timestamp", "webhook-signature", "x-github-event", "x-event", "sentry-hook-resource", "x-github-delivery"];
        byte[] junk = _mutants.Next();
        headers[names[_mutants.Below(names.Length)]] = Encoding.Latin1.GetString(junk[..Math.Min(junk.Length, _mutants.Below(3000))]);
        if (_dice.Roll("many") % 20 == 0)
        {
            for (int n = 0; n < 120; n++)
                headers[$"x-many-{n}"] = "x";
        }
    }

    private async Task<int> AnswerAsync(int i, DoorRequest request)
    {
        try
        {
            return (i % 3) switch
            {
                0 => (await _door.ReceiveAsync(request, default)).Status,
                1 => (await _httpApi.AnswerAsync(AsEvent(request, i), default)).StatusCode,
                _ => await ByKestrelAsync(request),
            };
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {Seed}, input {i}: {Convert.ToBase64String(request.Body.Span)}", e);
        }
    }

    private static APIGatewayHttpApiV2ProxyRequest AsEvent(DoorRequest request, int i) => new()
    {
        RequestContext = new() { Http = new() { Method = request.Method } },
        RawPath = request.Path,
        Headers = request.Headers.ToDictionary(h => h.Key, h => h.Value),
        IsBase64Encoded = true,
        Body = i % 300 == 1 ? "no base64!" : Convert.ToBase64String(request.Body.Span),
    };

    private async Task<int> ByKestrelAsync(DoorRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://door.example{Uri.EscapeDataString(request.Path).Replace("%2F", "/")}") { Content = new ReadOnlyMemoryContent(request.Body) };
        foreach ((string name, string value) in request.Headers)
        {
            // Kestrel refuses line ends in headers before anybody sees them.
            string line = string.Concat(value.Select(c => c < ' ' ? ' ' : c));
            if (!message.Headers.TryAddWithoutValidation(name, line))
                message.Content.Headers.TryAddWithoutValidation(name, line);
        }
        using HttpResponseMessage answer = await _kestrel.HandleAsync(message, default);
        return (int)answer.StatusCode;
    }

    /// <summary>Takes everything and keeps only counts: the door's own memory is what is measured.</summary>
    private sealed class ForgetfulPorts : IObjectStore, IMessageQueue
    {
        public int Archived { get; private set; }

        public int LargestMessage { get; private set; }

        public Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken)
        {
            Assert.Null(MessageBounds.Refusal(message));
            LargestMessage = Math.Max(LargestMessage, message.Body.Length);
            return Task.CompletedTask;
        }

        public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken)
        {
            Assert.StartsWith("deliveries/2026/11/22/12/", key);
            Assert.Equal(7, key.Split('/').Length);
            Archived++;
            return Task.FromResult<PutOutcome>(new PutOutcome.Stored("1"));
        }

        public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) => Task.FromResult<StoredObject?>(null);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
