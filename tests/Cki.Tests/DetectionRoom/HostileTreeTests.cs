using Cki.Adapters;
using Cki.CommitDetection;
using Cki.Tests.AdapterRooms;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.DetectionRooms;

/// <summary>Polls of hostile trees beside a good one, over real sockets: each harms itself alone.</summary>
public sealed class HostileTreeTests
{
    [Fact]
    public async Task A_hostile_server_is_given_up_with_its_reason_and_harms_no_other_tree()
    {
        using HostileServer silent = HostileServer.Silent(), stalling = HostileServer.Stalling(), babbling = HostileServer.Babbling(),
            looping = HostileServer.Looping(), inward = HostileServer.Redirecting("http://169.254.169.254/tree.git/info/refs");
        using var good = new GitServer(speaksNew: true);
        CommitSha head = good.Commit("one");
        good.InRepository("update-ref", "refs/heads/main", head.Value);
        HostileServer[] hostile = [silent, stalling, babbling, looping, inward];
        TreeConfig[] trees = [.. hostile.Select((h, i) => GitTree() with { Name = new TreeName($"hostile-{i}"), Url = h.Url }), GitTree() with { Url = good.Url }];
        var ports = new InMemoryPorts(Config(trees));
        using HttpClient http = OutboundHttp.Create();
        MessageHandler detect = CommitDetectionStage.Compose(ports.Ports, http, NullLoggerFactory.Instance).Queues[QueueNames.Detect];

        Task[] polls = [.. trees.Select(t => detect(ports.Message(new PollRequested(t.Name, "test")), TestContext.Current.CancellationToken))];
        await polls[^1];
        Assert.Equal(head, ports.Store.Peek("heads/stable.json", DocumentJson.Default.TreeHeads)!.Branches["main"].Sha);
        Assert.Equal([false, false], polls.Take(2).Select(p => p.IsCompleted));
        await Task.WhenAll(polls[2..5]);
        ports.Clock.Advance(GitRefs.Limit);
        await Task.WhenAll(polls);

        string[] errors = [.. Enumerable.Range(0, hostile.Length).Select(i => ports.Store.Peek($"heads/hostile-{i}.json", DocumentJson.Default.TreeHeads)!.PollError!)];
        Assert.Equal(
            ["no whole answer within 60 s", "no whole answer within 60 s", "not git's protocol: a packet starts with '????'", "more than 3 redirects",
                "it was redirected to the link-local address 169.254.169.254"],
            errors.Select(e => e[(e.IndexOf("tree.git: ", StringComparison.Ordinal) + "tree.git: ".Length)..]));
        Assert.Empty(ports.Store.Under("runs/"));
    }
}
