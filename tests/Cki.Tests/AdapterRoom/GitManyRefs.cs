using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>What one poll of a big tree costs, against git itself: 50,000 branches and 50,000 merge requests that nobody wants.</summary>
public sealed class GitManyRefs
{
    private const int Unwanted = 50_000;
    private static readonly RefGlobs Branches = new(["main", "release/*"]);
    private static readonly RefGlobs Tags = new(["v6.*"]);

    [Fact]
    public async Task A_poll_of_a_tree_with_100000_refs_reads_only_the_wanted_ones()
    {
        using var server = new GitServer(speaksNew: true);
        CommitSha head = Fill(server);
        var counted = new CountedWire();
        using var http = new HttpClient(counted);
        IReadOnlyList<RemoteRef> refs = await new GitRefs(http, TimeProvider.System).ListAsync(server.Url, Branches, Tags, TestContext.Current.CancellationToken);
        Assert.Equal([new RemoteRef("main", head), new RemoteRef("release/6.1", head), new RemoteRef("tags/v6.1", head)], refs);
        // Capabilities and three lines.
        Assert.Equal(2, counted.Requests);
        Assert.InRange(counted.Bytes, 150, 1_000);

        // The same answers again out of memory, on this thread alone: what our own reading takes.
        using var again = new HttpClient(new Replay(counted.Answers));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Task<IReadOnlyList<RemoteRef>> replayed = new GitRefs(again, TimeProvider.System).ListAsync(server.Url, Branches, Tags, TestContext.Current.CancellationToken);
        Assert.True(replayed.IsCompletedSuccessfully);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task An_old_server_sends_them_all_and_only_the_wanted_ones_are_kept()
    {
        using var server = new GitServer(speaksNew: false);
        CommitSha head = Fill(server);
        var counted = new CountedWire();
        using var http = new HttpClient(counted);
        IReadOnlyList<RemoteRef> refs = await new GitRefs(http, TimeProvider.System).ListAsync(server.Url, Branches, Tags, TestContext.Current.CancellationToken);
        Assert.Equal([new RemoteRef("main", head), new RemoteRef("release/6.1", head), new RemoteRef("tags/v6.1", head)], refs);
        Assert.Equal(1, counted.Requests);
        Assert.InRange(counted.Bytes, 2L * Unwanted * 60, 12 << 20);
    }

    private static CommitSha Fill(GitServer server)
    {
        CommitSha head = server.Commit("one");
        string[] names =
        [
            "refs/heads/main", "refs/heads/main-old", "refs/heads/release/6.1", "refs/heads/release/old/5.4", "refs/tags/v5.4", "refs/tags/v6.1",
            .. Enumerable.Range(0, Unwanted).Select(i => $"refs/heads/users/{i:d5}"), .. Enumerable.Range(0, Unwanted).Select(i => $"refs/merge-requests/{i:d5}/head"),
        ];
        var packed = new StringBuilder("# pack-refs with: peeled fully-peeled sorted \n");
        foreach (string name in names.Order(StringComparer.Ordinal))
            packed.Append(head.Value).Append(' ').Append(name).Append('\n');
        File.WriteAllText(Path.Combine(server.InRepository("rev-parse", "--absolute-git-dir"), "packed-refs"), packed.ToString());
        return head;
    }

    /// <summary>Counts requests and the bytes of bodies.</summary>
    private sealed class CountedWire() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Requests { get; private set; }

        public long Bytes { get; private set; }

        public Queue<(byte[] Body, string Type)> Answers { get; } = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            Bytes += body.Length;
            Answers.Enqueue((body, response.Content.Headers.ContentType!.MediaType!));
            response.Content = Content(body, response.Content.Headers.ContentType!.MediaType!);
            return response;
        }
    }

    private sealed class Replay(Queue<(byte[] Body, string Type)> answers) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (byte[] body, string type) = answers.Dequeue();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = Content(body, type), RequestMessage = request });
        }
    }

    private static ByteArrayContent Content(byte[] body, string type) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}
