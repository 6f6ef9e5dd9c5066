using System.Diagnostics.Metrics;

using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>What the door does while the archive, the queues or both are away.</summary>
public sealed class BrokenDoorTests
{
    private readonly InMemoryPorts _world = new();

    private void BreakStore(string prefix = "") => _world.Store.Before = (_, key) =>
    {
        if (key.StartsWith(prefix, StringComparison.Ordinal))
            throw new StoreUnavailableException("the store is away");
    };

    private void BreakQueue() => _world.Queue.Before = _ => throw new QueueUnavailableException("the queue is away");

    private Task<DoorAnswer> Post(string body) =>
        WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door.ReceiveAsync(Payloads.Request(body), CancellationToken.None);

    [Fact]
    public async Task Without_its_archive_a_delivery_still_goes_on()
    {
        BreakStore();
        Assert.Equal(202, (await Post(Payloads.Push())).Status);
        Assert.Single(_world.Queue.Messages<PushReceived>());
    }

    [Fact]
    public async Task Without_its_queue_a_delivery_is_spilled_whole()
    {
        BreakQueue();
        Assert.Equal(202, (await Post(Payloads.Push())).Status);

        SpilledMessage spilled = _world.Store.Peek("spill/detect/gitlab-d-1.json", DocumentJson.Default.SpilledMessage)!;
        Assert.Equal(("detect", A.KernelProject.ToString(), A.Noon), (spilled.Queue, spilled.Group, spilled.SpilledAt));
        Assert.Equal(
            new PushReceived("d-1", A.KernelProject, "refs/heads/main", A.Sha('a'), A.Sha('b'), "net: fix a leak"),
            CloudEvent.Parse(spilled.Body).Read<PushReceived>());
    }

    [Fact]
    public async Task Without_both_the_sender_is_asked_to_come_again()
    {
        BreakStore();
        BreakQueue();
        DoorAnswer answer = await Post(Payloads.Push());
        Assert.Equal((503, "Neither archive nor queue took the delivery. Try again later.", "30"), (answer.Status, answer.Body, answer.Headers["Retry-After"]));
    }

    [Fact]
    public async Task An_archived_delivery_that_nothing_would_send_on_is_not_accepted()
    {
        BreakQueue();
        BreakStore("spill/");
        Assert.Equal(503, (await Post(Payloads.Push())).Status);
    }

    [Fact]
    public async Task An_unreadable_delivery_needs_only_its_archive()
    {
        BreakQueue();
        BreakStore("spill/");
        Assert.Equal(202, (await Post("no JSON")).Status);
    }

    [Fact]
    public async Task A_delivery_that_nobody_waits_for_is_never_refused()
    {
        BreakStore();
        BreakQueue();
        Assert.Equal(202, (await Post(Payloads.Job("success"))).Status);
    }

    [Fact]
    public async Task A_part_that_never_answers_is_not_waited_for_beyond_six_seconds()
    {
        var ports = _world.Ports with { Queue = new SilentQueue(), Store = new SilentStore() };
        WebhookDoor door = WebhookIntakeStage.Compose(ports, NullLoggerFactory.Instance).Door;
        Task<DoorAnswer> answer = door.ReceiveAsync(Payloads.Request(Payloads.Push()), CancellationToken.None);
        await _world.UntilDone(answer);
        Assert.Equal(503, (await answer).Status);
        Assert.True(_world.Clock.GetUtcNow() - A.Noon < TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Deliveries_are_counted_by_outcome()
    {
        const string Source = "counted-source";
        _world.Config.Current = A.Config() with { Sources = [new SourceConfig(Source, "gitlab", "gitlab.example", ["hook-token"])] };
        var seen = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Name == "cki_deliveries") l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((_, n, tags, _) =>
        {
            if ((string?)tags[0].Value == Source)
                seen.Add($"{n} {tags[1].Value}");
        });
        listener.Start();
        WebhookDoor door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance, new IntakeOptions { BodyBytesMax = 1000 }).Door;
        DoorRequest[] requests =
        [
            Payloads.Request(Payloads.Push()), Payloads.Request(Payloads.Push(), "wrong"), Payloads.Request(Payloads.Push()),
            Payloads.Request("?", delivery: "d-2"), Payloads.Request("{}", delivery: "d-3"), Payloads.Request(new string(' ', 1001)),
        ];
        foreach (DoorRequest request in requests)
            await door.ReceiveAsync(request with { Path = $"/webhooks/{Source}" }, CancellationToken.None);
        _world.Secrets.Unreadable = true;
        await door.ReceiveAsync(requests[0] with { Path = $"/webhooks/{Source}" }, CancellationToken.None);

        Assert.Equal(["1 accepted", "1 unauthorized", "1 duplicate", "1 unreadable", "1 unknown-kind", "1 too-large", "1 unavailable"], seen);
    }

    private sealed class SilentQueue : IMessageQueue
    {
        public Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken) => new TaskCompletionSource().Task;
    }

    private sealed class SilentStore : IObjectStore
    {
        public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken) => new TaskCompletionSource<StoredObject?>().Task;

        public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
            new TaskCompletionSource<PutOutcome>().Task;

        public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
            new TaskCompletionSource<IReadOnlyList<string>>().Task;

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => new TaskCompletionSource().Task;
    }
}
