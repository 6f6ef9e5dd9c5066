using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Against git itself.</summary>
public sealed class GitListing
{
    private static readonly RefGlobs None = new([]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wanted_branches_and_tags_are_listed_in_both_protocols(bool speaksNew)
    {
        using var server = new GitServer(speaksNew);
        CommitSha one = server.Commit("one");
        CommitSha two = server.Commit("two");
        server.InRepository("update-ref", "refs/heads/main", one.Value);
        server.InRepository("update-ref", "refs/heads/main2", two.Value);
        server.InRepository("update-ref", "refs/heads/release/6.1", two.Value);
        server.InRepository("update-ref", "refs/heads/release/old/5.4", one.Value);
        server.InRepository("update-ref", "refs/merge-requests/1/head", one.Value);
        server.InRepository("tag", "-a", "-m", "a tag", "v6.1", two.Value);
        server.InRepository("tag", "light", one.Value);
        IReadOnlyList<RemoteRef> refs = await ListAsync(server.Url, new RefGlobs(["main", "release/**", "!release/old/**"]), new RefGlobs(["v*"]));
        Assert.Equal([new RemoteRef("main", one), new RemoteRef("release/6.1", two), new RemoteRef("tags/v6.1", two)], refs);
        Assert.Equal(
            speaksNew
                ? ["GET /tree.git/info/refs version=2", "POST /tree.git/git-upload-pack version=2"]
                : ["GET /tree.git/info/refs version=2"],
            server.Seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_empty_repository_has_no_refs(bool speaksNew)
    {
        using var server = new GitServer(speaksNew);
        Assert.Empty(await ListAsync(server.Url, new RefGlobs(["**"]), None));
    }

    [Fact]
    public async Task Nothing_is_asked_where_nothing_is_wanted()
    {
        using var server = new GitServer(speaksNew: true);
        Assert.Empty(await ListAsync(server.Url, None, None));
        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task A_thousand_branches_are_listed()
    {
        using var server = new GitServer(speaksNew: true);
        CommitSha one = server.Commit("one");
        string packed = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{one} refs/heads/b{i:0000}\n"));
        string repository = server.InRepository("rev-parse", "--absolute-git-dir");
        await File.WriteAllTextAsync(Path.Combine(repository, "packed-refs"), packed, TestContext.Current.CancellationToken);
        Assert.Equal(1000, (await ListAsync(server.Url, new RefGlobs(["b*"]), None)).Count);
    }

    [Fact]
    public async Task A_repository_that_does_not_exist_is_named()
    {
        using var server = new GitServer(speaksNew: true);
        var gone = new Uri(server.Url, "/gone.git");
        GitUnavailableException e = await Assert.ThrowsAsync<GitUnavailableException>(() => ListAsync(gone, new RefGlobs(["main"]), None));
        Assert.Equal($"Cannot list the refs of {gone}: it answers 404 Not Found", e.Message);
    }

    private static async Task<IReadOnlyList<RemoteRef>> ListAsync(Uri url, RefGlobs branches, RefGlobs tags)
    {
        using HttpClient http = OutboundHttp.Create();
        return await new GitRefs(http, TimeProvider.System).ListAsync(url, branches, tags, TestContext.Current.CancellationToken);
    }
}
