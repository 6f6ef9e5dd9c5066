using System.Net;
using System.Text.Json.Nodes;

using Cki.Tests.DetectionRooms;
using Cki.Tests.Doubles;
using Cki.Tests.IntakeRooms;
using Cki.Tool;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.ReplayRooms;

/// <summary>Production, which archived a day, and another installation that is to get it again.</summary>
internal sealed class ReplayWorld : IDisposable
{
    private const string ProductionToken = "hook-secret";
    public const string ReplayKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("cki-replay-");
    private readonly WebhookDoor _productionDoor;
    private readonly FrontDoor _targetDoor;

    public ReplayWorld()
    {
        _productionDoor = WebhookIntakeStage.Compose(Production.Ports, NullLoggerFactory.Instance).Door;
        Target = new DetectionWorld(A.Config() with { Sources = [new SourceConfig("gitlab", SourceKinds.GitLab, "gitlab.example", ["hook-token"]) { SigningSecrets = ["replay-key"] }] });
        Target.Ports.Secrets.Values["replay-key"] = ReplayKey;
        Target.Ports.Secrets.Values["hook-token"] = "a token that production does not know";
        Production.Secrets.Values["staging-replay"] = ReplayKey;
        Target.Ports.Clock.Advance(TimeSpan.FromDays(1));
        _targetDoor = new FrontDoor(WebhookIntakeStage.Compose(Target.Ports.Ports, NullLoggerFactory.Instance).Door, Target.Ports.Store, () => null);
    }

    public InMemoryPorts Production { get; } = new();

    public DetectionWorld Target { get; }

    /// <summary>Every request that reached the target, by its delivery.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>Answers instead of the target where it returns something.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> InTheWay { get; set; } = _ => null;

    public string ProgressFile => Path.Combine(_scratch.FullName, "progress.json");

    public static ArchiveWindow Day => new(A.Noon, A.Noon.AddDays(1));

    /// <summary>Three pushes, a job and something nobody wants, over four hours.</summary>
    public async Task LiveAsync()
    {
        await TakeAsync("z-first", Payloads.Push('a', 'b'));
        await TakeAsync("y-second", Payloads.Push('b', 'c'));
        await TakeAsync("x-job", Payloads.Job("failed"));
        Production.Clock.Advance(TimeSpan.FromHours(3));
        await TakeAsync("w-emoji", """{"object_kind":"emoji","project":{"path_with_namespace":"kernel/other"}}""");
        await TakeAsync("v-third", Payloads.Push('c', 'd'));
        Target.Servers.Branches["main"] = A.Sha('d');
    }

    public async Task TakeAsync(string id, string body)
    {
        Production.Clock.Advance(TimeSpan.FromSeconds(1));
        DoorAnswer answer = await _productionDoor.ReceiveAsync(Payloads.Request(body, ProductionToken, id), CancellationToken.None);
        Xunit.Assert.Equal(202, answer.Status);
    }

    public ReplayKeys Keys(string? key = "staging-replay") => new(Production.Config.Current, Production.Secrets, Target.Ports.Clock) { Key = key };

    public Task<ReplayResult> ReplayAsync(ArchiveWindow? window = null, ReplayKeys? keys = null) =>
        ReplayAsync(new DoorTarget(new Uri("https://staging.example/"), new HttpClient(new ToTarget(this)), keys ?? Keys()), window);

    public async Task<ReplayResult> ReplayAsync(IReplayTarget target, ArchiveWindow? window = null)
    {
        var progress = new ReplayProgress(ProgressFile);
        var reading = new ArchiveReading(Production.Ports.Documents, what => Xunit.Assert.Fail(what));
        Task<ReplayResult> run = new ReplayRun(target, progress, 100, Target.Ports.Clock)
            .RunAsync(reading.ReadAsync(window ?? Day, progress.Read(), CancellationToken.None), CancellationToken.None);
        await Target.Ports.UntilDone(run);
        return await run;
    }

    /// <summary>The target's stage handles what its door sent it.</summary>
    public async Task SettleAsync()
    {
        foreach (ReceivedMessage message in Target.Ports.Queue.Drain(A.Noon).Where(m => m.Queue == QueueNames.Detect))
            await Target.Stage.Queues[QueueNames.Detect](message, CancellationToken.None);
    }

    /// <summary>Every object of the target with its contents; the ids of single writes tell nothing.</summary>
    public async Task<SortedDictionary<string, string>> StoreAsync()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string key in Target.Ports.Store.Keys)
        {
            JsonObject body = JsonNode.Parse((await Target.Ports.Store.GetAsync(key, CancellationToken.None))!.Body.Span)!.AsObject();
            body.Remove("writeId");
            all[key] = body.ToJsonString();
        }
        return all;
    }

    public void Dispose() => _scratch.Delete(recursive: true);

    private sealed class ToTarget(ReplayWorld world) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (world.InTheWay(request) is { } other)
                return other;
            HttpResponseMessage answer = await world._targetDoor.HandleAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.Accepted)
                world.Seen.Add(request.Headers.GetValues("idempotency-key").Single());
            return answer;
        }
    }
}
