using Cki.Adapters;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.SimulatorRoom;

/// <summary>What lies between two commits, by our client and the simulator.</summary>
public sealed class CompareTests
{
    private readonly InMemoryPorts _ports = new();
    private readonly GitLabWorld _world;
    private readonly GitLabClient _client;
    private readonly CommitSha[] _line;

    public CompareTests()
    {
        _world = new GitLabWorld(_ports.Clock, _ => 0.5, new HttpClient(), new GitLabSettings());
        GitLabUser bot = _world.AddUser("cki-bot");
        _world.AddToken(bot, "glpat-test");
        GitLabProject project = _world.AddProject(A.KernelProject.Path);
        _world.AddMember(project, bot, GitLabRole.Reporter);
        _line = [.. Enumerable.Range(0, 250).Select(i => CommitSha.Parse(_world.Commit(project.Path, "main", $"mm: change {i}").Sha))];
        var http = new HttpClient(new GitLabMessageHandler(_world)) { Timeout = Timeout.InfiniteTimeSpan };
        _client = new GitLabClient(http, _ports.Config, _ports.Secrets, new GitLabRetries(_ports.Clock, _ports.Ports.Dice));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commits_between_two_are_listed_over_pages_up_to_a_bound()
    {
        IReadOnlyList<CommitShown>? all = await _client.ListCommitsAsync(A.KernelProject, _line[9], _line[249], 1000, Stop);
        Assert.Equal(_line[10..].Reverse(), all!.Select(c => c.Sha));
        Assert.Equal("mm: change 249", all![0].Title);
        Assert.Equal(150, (await _client.ListCommitsAsync(A.KernelProject, _line[9], _line[249], 150, Stop))!.Count);
        Assert.Empty((await _client.ListCommitsAsync(A.KernelProject, _line[9], _line[9], 10, Stop))!);
    }

    [Fact]
    public async Task What_GitLab_does_not_know_is_no_empty_list()
    {
        Assert.Null(await _client.ListCommitsAsync(A.KernelProject, A.Sha('7'), _line[0], 10, Stop));
        Assert.Null(await _client.CompareFilesAsync(A.KernelProject, A.Sha('7'), _line[0], Stop));
    }

    [Fact]
    public async Task Changed_files_are_those_of_all_commits_between() =>
        Assert.Equal(["Makefile"], await _client.CompareFilesAsync(A.KernelProject, _line[0], _line[2], Stop));

    [Fact]
    public async Task A_commit_is_there_or_gone_and_a_hidden_project_tells_neither()
    {
        Assert.True(await _client.HasCommitAsync(A.KernelProject, _line[0], Stop));
        Assert.False(await _client.HasCommitAsync(A.KernelProject, A.Sha('7'), Stop));
        Assert.Null(await _client.HasCommitAsync(A.PipelineProject, _line[0], Stop));
    }
}
