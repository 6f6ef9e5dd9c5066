using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Reporting;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.ReportingRoom;

/// <summary>The stage with recording peers: a queue that honours delays and gives failed messages back, a Watch that fires due markers.</summary>
internal sealed class ReportingWorld
{
    private readonly PriorityQueue<(OutgoingMessage Message, int Receives), (DateTimeOffset Due, int Order)> _waiting = new();
    private readonly MessageHandler _handler;
    private int _order;

    /// <param name="outside">GitLab and whatever else is asked by HTTP; null: commit statuses only.</param>
    public ReportingWorld(SuiteConfig? config = null, Func<InMemoryPorts, HttpMessageHandler>? outside = null)
    {
        Memory = new InMemoryPorts(config ?? Config());
        Peer = new CommitStatusPeer();
        var options = new ReportingOptions
        {
            Open = c => new RecordingChannel(this, c.Name), OpenConsumer = c => new RecordingConsumer(this, c.Name), BoardUrl = new Uri("https://cki.example/board/"),
        };
        _handler = ReportingStage.Compose(Memory.Ports with { FrontDoor = new Uri("https://cki.example/") }, new HttpClient(outside?.Invoke(Memory) ?? Peer) { Timeout = Timeout.InfiniteTimeSpan }, NullLoggerFactory.Instance, options).Queues[QueueNames.Report];
    }

    public InMemoryPorts Memory { get; }

    public CommitStatusPeer Peer { get; }

    /// <summary>What the mail and webhook channels' peers took, in order.</summary>
    public List<(string Channel, OutgoingReport Report)> Taken { get; } = [];

    /// <summary>How a channel answers; default: it takes everything.</summary>
    public Func<string, OutgoingReport, ChannelOutcome>? Answer { get; set; }

    /// <summary>What consumers of deliveries took, in order.</summary>
    public List<(string Consumer, DateTimeOffset At, OutgoingDelivery Delivery)> Handed { get; } = [];

    /// <summary>How a consumer answers; default: it takes everything.</summary>
    public Func<string, ChannelOutcome>? ConsumerAnswer { get; set; }

    public List<Exception> Failures { get; } = [];

    /// <summary>Sent to other stages, in order.</summary>
    public List<OutgoingMessage> Elsewhere { get; } = [];

    public static SuiteConfig Config()
    {
        SuiteConfig config = A.Config(A.Tree() with { ReportTo = ["developers", "status"] });
        return config with { Channels = [.. config.Channels, new ChannelConfig.CommitStatus("status", "cki")] };
    }

    public RunDetection Arrange(RunResult? result, int attempt = 1)
    {
        RunDetection detection = Runs.Detection();
        Memory.Store.Set(RunIds.DetectionKey(detection.Run), detection, DocumentJson.Default.RunDetection);
        Memory.Store.Set(RunIds.PipelineKey(detection.Run), Runs.Pipeline(detection.Run, result, attempt), DocumentJson.Default.RunPipeline);
        return detection;
    }

    public void Send<T>(T message, string? due = null)
        where T : class, IStageMessage<T> =>
        Enqueue(new OutgoingMessage(QueueNames.Report, Memory.Ports.PostFrom("test").Envelope(message), message.GetGroup())
        {
            Attributes = due is null ? OutgoingMessage.NoAttributes : new Dictionary<string, string> { [Post.DueAttribute] = due },
        });

    /// <summary>Carries messages and due markers until nothing is left within the time given (default 3 hours).</summary>
    public async Task RunAsync(TimeSpan? within = null, int messagesMax = 2000)
    {
        DateTimeOffset until = Memory.Clock.GetUtcNow() + (within ?? TimeSpan.FromHours(3));
        for (int handled = 0; handled < messagesMax; handled++)
        {
            Collect();
            if (!_waiting.TryPeek(out _, out (DateTimeOffset Due, int Order) next) || next.Due > until)
            {
                if (!FireMarker(until))
                    return;
                continue;
            }
            (OutgoingMessage message, int receives) = _waiting.Dequeue();
            Until(next.Due);
            await HandleAsync(message, receives + 1);
        }
        throw new InvalidOperationException($"{messagesMax} messages and no end");
    }

    public ReportDelivery? Delivery(RunId run, string channel, string kind) =>
        Memory.Store.Peek(ReportDelivery.KeyOf(run, channel, kind), DocumentJson.Default.ReportDelivery);

    public RunReport? Report(RunId run) => Memory.Store.Peek(RunIds.ReportKey(run), DocumentJson.Default.RunReport);

    public string Page(string key) => Encoding.UTF8.GetString(Memory.Store.GetAsync(key, CancellationToken.None).GetAwaiter().GetResult()!.Body.Span);

    private async Task HandleAsync(OutgoingMessage message, int receives)
    {
        try
        {
            await Memory.UntilDone(_handler(Memory.Queue.Received(message, Memory.Clock.GetUtcNow()) with { ReceiveCount = receives }, CancellationToken.None));
        }
        catch (Exception e) when (e is ChannelUnavailableException or CrashException or StoreContendedException or FlowTaskException)
        {
            Failures.Add(e);
            if (e is CrashException)
                Crash.Stop(Memory);
            TimeSpan pause = TimeSpan.FromSeconds(Math.Min(3600, 30 * (1 << Math.Min(receives, 10))));
            _waiting.Enqueue((message, receives), (Memory.Clock.GetUtcNow() + pause, _order++));
        }
    }

    private void Collect()
    {
        foreach (OutgoingMessage message in Memory.Queue.Sent)
        {
            if (message.Queue == QueueNames.Report)
                Enqueue(message);
            else
                Elsewhere.Add(message);
        }
        Memory.Queue.Sent.Clear();
    }

    private void Enqueue(OutgoingMessage message) => _waiting.Enqueue((message, 0), (Memory.Clock.GetUtcNow() + message.Delay, _order++));

    /// <summary>As Watch does: the marker is dated on, its message sent with the new key.</summary>
    private bool FireMarker(DateTimeOffset until)
    {
        if (Memory.Store.Under(DueMarker.Prefix) is not [{ } key, ..] || Memory.Store.Peek(key, DocumentJson.Default.DueMarker) is not { } marker || marker.At > until)
            return false;
        Until(marker.At);
        DueMarker again = marker.Again(Memory.Clock.GetUtcNow());
        Memory.Store.Set(again.Key, again, DocumentJson.Default.DueMarker);
        Memory.Store.DeleteAsync(key, CancellationToken.None);
        Enqueue(new OutgoingMessage(marker.Queue, marker.Body, marker.Group) { Attributes = new Dictionary<string, string> { [Post.DueAttribute] = again.Key } });
        return true;
    }

    private void Until(DateTimeOffset at)
    {
        if (at > Memory.Clock.GetUtcNow())
            Memory.Clock.SetUtcNow(at);
    }

    private sealed class RecordingChannel(ReportingWorld world, string name) : IReportChannel
    {
        public Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
        {
            ChannelOutcome outcome = world.Answer?.Invoke(name, report) ?? new ChannelOutcome.Sent(report.MessageId);
            if (outcome is ChannelOutcome.Sent)
                world.Taken.Add((name, report));
            return Task.FromResult(outcome);
        }
    }

    private sealed class RecordingConsumer(ReportingWorld world, string name) : IDeliveryConsumer
    {
        public Task<ChannelOutcome> SendAsync(OutgoingDelivery delivery, CancellationToken cancellationToken)
        {
            ChannelOutcome outcome = world.ConsumerAnswer?.Invoke(name) ?? new ChannelOutcome.Sent(delivery.Id);
            if (outcome is ChannelOutcome.Sent)
                world.Handed.Add((name, world.Memory.Clock.GetUtcNow(), delivery));
            return Task.FromResult(outcome);
        }
    }
}

/// <summary>GitLab's <c>POST statuses</c> on the wire, and whatever is asked for.</summary>
internal sealed class CommitStatusPeer : HttpMessageHandler
{
    /// <summary>State and description, in order.</summary>
    public List<(string State, string Description)> Statuses { get; } = [];

    public HttpStatusCode Status { get; set; } = HttpStatusCode.Created;

    /// <summary>Answers to GET by what the address ends in; the first that fits, else 404.</summary>
    public List<(string Ending, Func<HttpResponseMessage> Answer)> Pages { get; } = [];

    public List<string> Asked { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get)
        {
            Asked.Add(request.RequestUri!.PathAndQuery);
            HttpResponseMessage page = Pages.FirstOrDefault(p => Asked[^1].EndsWith(p.Ending, StringComparison.Ordinal)).Answer?.Invoke() ?? new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("{}") };
            page.RequestMessage = request;
            return page;
        }
        JsonNode body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
        if (Status == HttpStatusCode.Created)
            Statuses.Add(((string)body["state"]!, (string)body["description"]!));
        string json = Status == HttpStatusCode.Created ? $$"""{"id": {{Statuses.Count}}}""" : """{"message": "no"}""";
        return new HttpResponseMessage(Status) { Content = new StringContent(json, Encoding.UTF8, "application/json"), RequestMessage = request };
    }
}
