using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Over real sockets: servers that want to keep us, to fill us, or to send us elsewhere.</summary>
[Collection(nameof(HerdingRoom.PathologicalTraceTests.Alone))]
public sealed class GitHostility
{
    private readonly FakeTimeProvider _clock = new(A.Noon);

    [Theory]
    [InlineData("silent")]
    [InlineData("stalling")]
    public async Task A_server_that_keeps_us_waiting_is_given_up_after_a_minute(string how)
    {
        using HostileServer server = how == "silent" ? HostileServer.Silent() : HostileServer.Stalling();
        Task<string> fault = FaultAsync(server.Url);
        while (server.Connections == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        _clock.Advance(GitRefs.Limit - TimeSpan.FromSeconds(1));
        Assert.False(fault.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal($"Cannot list the refs of {server.Url}: no whole answer within 60 s", await fault);
    }

    [Fact]
    public async Task Garbage_is_named_and_printable()
    {
        using HostileServer server = HostileServer.Babbling();
        Assert.Equal($"Cannot list the refs of {server.Url}: not git's protocol: a packet starts with '????'", await FaultAsync(server.Url));
        using HostileServer worse = HostileServer.NotEvenHttp();
        Assert.StartsWith($"Cannot list the refs of {worse.Url}: ", await FaultAsync(worse.Url));
    }

    [Fact]
    public async Task A_list_without_an_end_is_cut_off_in_bounded_memory()
    {
        using HostileServer server = HostileServer.Endless();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal($"Cannot list the refs of {server.Url}: the list of refs is longer than 64 MiB", await FaultAsync(server.Url));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "only http and https are spoken, not file")]
    [InlineData("ftp://git.example/tree.git", "only http and https are spoken, not ftp")]
    [InlineData("http://169.254.169.254/latest/meta-data/", "it was redirected to the link-local address 169.254.169.254")]
    [InlineData("http://[fe80::1]/info/refs", "it was redirected to the link-local address fe80::1")]
    [InlineData("http://[::ffff:169.254.169.254]/", "it was redirected to the link-local address ::ffff:169.254.169.254")]
    [InlineData("http://2852039166/", "it was redirected to the link-local address 169.254.169.254")]
    public async Task A_redirect_to_where_no_git_server_is_is_not_followed(string to, string why)
    {
        using HostileServer server = HostileServer.Redirecting(to);
        Assert.Equal($"Cannot list the refs of {server.Url}: {why}", await FaultAsync(server.Url));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_server_that_redirects_in_a_loop_is_left_after_three()
    {
        using HostileServer server = HostileServer.Looping();
        Assert.Equal($"Cannot list the refs of {server.Url}: more than 3 redirects", await FaultAsync(server.Url));
        Assert.Equal(4, server.Connections);
    }

    [Theory]
    [InlineData("https://127.0.0.1:9001/2018-06-01/runtime/invocation/next", "it was redirected to 127.0.0.1, this machine itself")]
    [InlineData("https://localhost/", "it was redirected to localhost, this machine itself")]
    [InlineData("https://[::1]/", "it was redirected to ::1, this machine itself")]
    public async Task A_server_elsewhere_does_not_send_us_to_ourselves(string to, string why)
    {
        var wire = new FakeWire(_clock);
        wire.Answers(302, "", ("Location", to));
        var git = new GitRefs(wire.Client(), _clock);
        GitUnavailableException fault = await Assert.ThrowsAsync<GitUnavailableException>(
            () => git.ListAsync(new Uri("https://git.example/tree.git"), new RefGlobs(["main"]), new RefGlobs([]), TestContext.Current.CancellationToken));
        Assert.EndsWith(why, fault.Message);
        Assert.Single(wire.Seen);
    }

    [Fact]
    public async Task Announcements_without_an_end_are_not_collected()
    {
        var wire = new FakeWire(_clock);
        wire.Answers(200, "000eversion 2\n" + string.Concat(Enumerable.Range(100, 101).Select(i => $"000cabc-{i}\n")), ("Content-Type", "application/x-git-upload-pack-advertisement"));
        var git = new GitRefs(wire.Client(), _clock);
        GitUnavailableException fault = await Assert.ThrowsAsync<GitUnavailableException>(
            () => git.ListAsync(new Uri("https://git.example/tree.git"), new RefGlobs(["main"]), new RefGlobs([]), TestContext.Current.CancellationToken));
        Assert.EndsWith("it announces more than 100 capabilities", fault.Message);
    }

    [Fact]
    public async Task Nothing_connects_to_a_link_local_address_whatever_its_name()
    {
        using HttpClient http = OutboundHttp.Create();
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync("http://169.254.169.254/latest", TestContext.Current.CancellationToken));
        Assert.Contains("link-local address 169.254.169.254: nothing is asked there", refused.ToString());
    }

    private async Task<string> FaultAsync(Uri url)
    {
        using HttpClient http = OutboundHttp.Create();
        var git = new GitRefs(http, _clock);
        return (await Assert.ThrowsAsync<GitUnavailableException>(
            () => git.ListAsync(url, new RefGlobs(["main"]), new RefGlobs([]), TestContext.Current.CancellationToken))).Message;
    }
}
