using Cki.Tests.Doubles;
using Cki.Watch;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.WatchRooms;

/// <summary>Watch behind its queues.</summary>
internal sealed class WatchWorld
{
    public WatchWorld(SuiteConfig? config = null, WatchOptions? options = null)
    {
        Ports = new InMemoryPorts(config);
        Stage = WatchStage.Compose(Ports.Ports, new HttpClient(), NullLoggerFactory.Instance, options);
    }

    public InMemoryPorts Ports { get; }

    public StageEndpoints Stage { get; }

    public DateTimeOffset Now => Ports.Clock.GetUtcNow();

    /// <summary>Of a tree that was polled this very moment, so that ticks ask for no poll.</summary>
    public void Polled() => Ports.Store.Set(
        "heads/mainline.json", new TreeHeads(A.Tree().Name) { FirstSeenAt = A.Noon, PolledAt = Now }, DocumentJson.Default.TreeHeads);

    /// <summary>The nightly pass of today is over.</summary>
    public void Compared() => Ports.Store.Set(
        CompareProgress.Key, new CompareProgress(DateOnly.FromDateTime(Now.UtcDateTime), null, true), DocumentJson.Default.CompareProgress);

    public Task TickAsync() => Stage.Queues["watch"](Ports.Message(new Tick(Now)), CancellationToken.None);

    /// <summary>A message that exhausted its receives on <paramref name="queue"/>.</summary>
    public async Task DieAsync(OutgoingMessage message) =>
        await Stage.Queues[message.Queue + "-dead"](Ports.Queue.Received(message with { Queue = message.Queue + "-dead" }, A.Noon), CancellationToken.None);

    public OutgoingMessage Outgoing<T>(T message)
        where T : class, IStageMessage<T> =>
        new(T.QueueName, Ports.Ports.PostFrom("test").Envelope(message), message.GetGroup());

    public Task<string> PlaceAsync<T>(string kind, string id, DateTimeOffset at, T message)
        where T : class, IStageMessage<T> =>
        Ports.Ports.Due.PlaceAsync(Ports.Ports.PostFrom("test").Marker(kind, id, at, message), CancellationToken.None);
}
