using Cki.CommitDetection;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cki.Tests.DetectionRooms;

/// <summary>CommitDetection behind its queue, with its servers and ports in memory.</summary>
internal sealed class DetectionWorld
{
    public DetectionWorld(SuiteConfig? config = null)
    {
        Ports = new InMemoryPorts(config);
        Stage = CommitDetectionStage.Compose(Ports.Ports, new HttpClient(Servers), NullLoggerFactory.Instance);
    }

    public InMemoryPorts Ports { get; }

    public Servers Servers { get; } = new();

    public StageEndpoints Stage { get; }

    public Task PushAsync(char? before, char? after, string gitRef = "refs/heads/main") => HandAsync(Push(before, after, gitRef));

    public Task PollAsync(string tree = "mainline", string why = "test") => HandAsync(new PollRequested(new TreeName(tree), why));

    public Task HandAsync<T>(T message)
        where T : class, IStageMessage<T> =>
        Stage.Queues[QueueNames.Detect](Ports.Message(message), CancellationToken.None);

    /// <summary>The known heads of tree mainline are these from now on, polled a moment ago.</summary>
    public void Know(params (string Branch, char Sha)[] heads)
    {
        var known = new TreeHeads(A.Tree().Name) { FirstSeenAt = A.Noon, PolledAt = A.Noon };
        foreach ((string branch, char sha) in heads)
        {
            known.Branches[branch] = new Head(A.Sha(sha), A.Noon);
            Servers.Branches[branch] = A.Sha(sha);
        }
        Ports.Store.Set(TreeHeads.Key(known.Tree), known, DocumentJson.Default.TreeHeads);
    }

    public TreeHeads? Heads(string tree = "mainline") => Ports.Store.Peek($"heads/{tree}.json", DocumentJson.Default.TreeHeads);

    /// <summary>As <c>main=aaaaaaaaaaaa</c>, in order.</summary>
    public string[] HeadList(string tree = "mainline") => [.. Heads(tree)!.Branches.Select(b => $"{b.Key}={b.Value.Sha.Value[0]}")];

    public RunDetection? Run(char sha, string branch = "main", string tree = "mainline") =>
        Ports.Store.Peek(RunIds.DetectionKey(RunIds.Of(new TreeName(tree), branch, A.Sha(sha))), DocumentJson.Default.RunDetection);

    /// <summary>All runs as <c>a Detected</c>, in order of sha.</summary>
    public string[] Runs() =>
    [
        .. Ports.Store.Under("runs/").Select(k => Ports.Store.Peek(k, DocumentJson.Default.RunDetection)!)
            .Select(r => $"{r.Sha.Value[0]} {r.State}").Order(StringComparer.Ordinal),
    ];

    public static PushReceived Push(char? before, char? after, string gitRef = "refs/heads/main") =>
        new("d-1", A.KernelProject, gitRef, before is { } b ? A.Sha(b) : null, after is { } n ? A.Sha(n) : null, "net: fix a leak");
}
