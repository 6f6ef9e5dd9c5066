using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Whether a commit is still there, asked of git itself.</summary>
public sealed class GitCommitLooks
{
    private static async Task<bool?> HasAsync(Uri url, CommitSha sha)
    {
        using HttpClient http = OutboundHttp.Create();
        return await new GitRefs(http, TimeProvider.System).HasCommitAsync(url, sha, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_commit_is_there_as_long_as_the_repository_holds_it()
    {
        using var server = new GitServer(speaksNew: true);
        server.InRepository("config", "uploadpack.allowFilter", "true");
        CommitSha first = server.Commit("one");
        CommitSha head = CommitSha.Parse(server.InRepository("commit-tree", "-p", first.Value, "-m", "two", server.InRepository("mktree")));
        server.InRepository("update-ref", "refs/heads/main", head.Value);
        Assert.Equal((true, true, false), (await HasAsync(server.Url, head), await HasAsync(server.Url, first), await HasAsync(server.Url, CommitSha.Parse(new string('7', 40)))));
        Assert.Equal(6, server.Seen.Count);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_server_that_cannot_tell_cheaply_is_not_asked(bool speaksNew, bool filters)
    {
        using var server = new GitServer(speaksNew);
        server.InRepository("config", "uploadpack.allowFilter", filters ? "true" : "false");
        CommitSha head = server.Commit("one");
        server.InRepository("update-ref", "refs/heads/main", head.Value);
        Assert.Null(await HasAsync(server.Url, head));
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task Trouble_tells_nothing()
    {
        using HostileServer server = HostileServer.Babbling();
        Assert.Null(await HasAsync(server.Url, CommitSha.Parse(new string('7', 40))));
    }
}
