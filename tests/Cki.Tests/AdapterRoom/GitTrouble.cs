using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Servers that say something else than refs.</summary>
public sealed class GitTrouble
{
    private const string Main = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa refs/heads/main\n";
    private readonly FakeTimeProvider _clock = new(A.Noon);
    private readonly FakeWire _wire;

    public GitTrouble() => _wire = new FakeWire(_clock);

    [Theory]
    [InlineData("003daaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa refs/heads/main\n", "the answer ends in the middle")]
    [InlineData("003daaaaaaaaaaaaaaaaaaaa", "the answer ends in the middle")]
    [InlineData("", "the answer ends in the middle")]
    [InlineData("<htm", "not git's protocol: a packet starts with '<htm'")]
    [InlineData("ffff", "not git's protocol: a packet starts with 'ffff'")]
    [InlineData("0018ERR access denied: x0000", "the server says: access denied: x")]
    [InlineData("000etoo short\n0000", "a line of the list of refs has no object id")]
    [InlineData("000eversion 2\n0000", "it speaks protocol 2 but knows no ls-refs")]
    public async Task What_is_no_whole_list_of_refs_is_refused(string body, string why)
    {
        _wire.Answers(200, body, ("Content-Type", "application/x-git-upload-pack-advertisement"));
        Assert.Equal($"Cannot list the refs of https://git.example/tree.git: {why}", await Fault());
    }

    [Fact]
    public async Task A_whole_list_is_taken()
    {
        _wire.Answers(200, $"003d{Main}0000", ("Content-Type", "application/x-git-upload-pack-advertisement"));
        Assert.Equal([new RemoteRef("main", A.Sha('a'))], await ListAsync(new Uri("https://git.example/tree.git")));
    }

    [Fact]
    public async Task A_web_page_is_no_git_server()
    {
        _wire.Answers(200, "<html>", ("Content-Type", "text/html"));
        Assert.Equal(
            "Cannot list the refs of https://git.example/tree.git: it answers text/html instead of application/x-git-upload-pack-advertisement: no git server with the smart protocol",
            await Fault());
    }

    [Fact]
    public async Task Credentials_in_an_address_appear_in_no_message_and_no_request()
    {
        _wire.Answers(401, "");
        string message = await Fault("https://user:secret@git.example/tree.git?token=secret");
        Assert.Equal(
            "Cannot list the refs of https://git.example/tree.git: 401, it wants credentials: only repositories open to everybody are polled this way", message);
        Assert.DoesNotContain("secret", _wire.Seen[0].Url);
    }

    [Theory]
    [InlineData("file:///srv/tree.git/info/refs", "it was redirected from https to file")]
    [InlineData("http://git.example/tree.git/info/refs", "it was redirected from https to http")]
    [InlineData("gopher://git.example/", "it was redirected from https to gopher")]
    public async Task A_redirect_out_of_https_is_not_followed(string location, string why)
    {
        _wire.Answers(302, "", ("Location", location));
        Assert.Equal($"Cannot list the refs of https://git.example/tree.git: {why}", await Fault());
        Assert.Single(_wire.Seen);
    }

    [Fact]
    public async Task Redirects_end_after_three()
    {
        _wire.Answers(302, "", ("Location", "https://git.example/tree.git/info/refs?service=git-upload-pack"));
        Assert.Equal("Cannot list the refs of https://git.example/tree.git: more than 3 redirects", await Fault());
        Assert.Equal(4, _wire.Seen.Count);
    }

    [Fact]
    public async Task The_second_request_goes_where_the_first_was_redirected_to()
    {
        _wire.Answers(301, "", ("Location", "https://new.example/tree/info/refs?service=git-upload-pack"))
            .Answers(200, "000eversion 2\n000cls-refs\n0000", ("Content-Type", "application/x-git-upload-pack-advertisement"))
            .Answers(200, $"003d{Main}0000", ("Content-Type", "application/x-git-upload-pack-result"));
        Assert.Equal([new RemoteRef("main", A.Sha('a'))], await ListAsync(new Uri("https://git.example/tree.git/")));
        Assert.Equal("https://new.example/tree/git-upload-pack", _wire.Seen[2].Url);
        Assert.Equal("0014command=ls-refs\n00010009peel\n001fref-prefix refs/heads/main\n0000", _wire.Seen[2].Body);
    }

    [Fact]
    public async Task A_silent_server_is_given_up_under_the_given_clock()
    {
        _wire.Hangs();
        Task<string> fault = Fault();
        _clock.Advance(GitRefs.Limit);
        Assert.Equal("Cannot list the refs of https://git.example/tree.git: no whole answer within 60 s", await fault);
    }

    private async Task<string> Fault(string url = "https://git.example/tree.git") =>
        (await Assert.ThrowsAsync<GitUnavailableException>(() => ListAsync(new Uri(url)))).Message;

    private Task<IReadOnlyList<RemoteRef>> ListAsync(Uri url) =>
        new GitRefs(_wire.Client(), _clock).ListAsync(url, new RefGlobs(["main"]), new RefGlobs([]), TestContext.Current.CancellationToken);
}
