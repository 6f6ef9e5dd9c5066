using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>A branch's first head has no head before it, but its commit has parents in git.</summary>
public class KnownInGitTests
{
    private static readonly CommitSha Parent = A.Sha('9');

    [Fact]
    public async Task A_failure_that_the_commits_parent_had_on_another_branch_is_known()
    {
        HerdingWorld world = await WorldAsync(seenOn: Parent);
        HerdDecision decision = await DecideAsync(world);
        Assert.Equal(JobFinding.Known, decision.Finding);
        Assert.EndsWith("on the parent 999999999999", decision.Reason, StringComparison.Ordinal);
        Assert.Equal(1, world.GitLab.Requests.GetValueOrDefault("GET /projects/:id/repository/commits/:sha"));
    }

    [Fact]
    public async Task The_same_failure_of_another_commit_of_the_tree_excuses_nobody() =>
        Assert.Equal(JobFinding.Failed, (await DecideAsync(await WorldAsync(seenOn: A.Sha('8')))).Finding);

    [Fact]
    public async Task Git_is_not_asked_where_no_commit_of_the_tree_failed_like_this()
    {
        HerdingWorld world = await WorldAsync(seenOn: null);
        Assert.Equal(JobFinding.Failed, (await DecideAsync(world)).Finding);
        Assert.Equal(0, world.GitLab.Requests.GetValueOrDefault("GET /projects/:id/repository/commits/:sha"));
    }

    [Fact]
    public async Task A_project_that_the_bot_may_not_read_leaves_the_failure_new()
    {
        HerdingWorld world = await WorldAsync(seenOn: Parent, isReadable: false);
        Assert.Equal(JobFinding.Failed, (await DecideAsync(world)).Finding);
    }

    private static async Task<HerdDecision> DecideAsync(HerdingWorld world)
    {
        await world.JobFinishedAsync("build x");
        return (await world.RecordAsync("build x"))!.Attempts[0].Decision;
    }

    private static async Task<HerdingWorld> WorldAsync(CommitSha? seenOn, bool isReadable = true)
    {
        var world = new HerdingWorld();
        GitLabProject kernel = world.GitLab.AddProject(A.KernelProject.Path);
        if (isReadable)
            world.GitLab.AddMember(kernel, world.GitLab.Users[0], GitLabRole.Maintainer);
        world.GitLab.Push(kernel.Path, "main", new GitLabCommit(A.Sha('a').Value, "mm: change", A.Noon) { Parents = [Parent.Value] });
        await world.AfterAsync(new JobScript("build x", "build") { Attempts = [HerdingWorld.CompileError] });
        if (seenOn is not { } sha)
            return world;
        // What this failure is known by is what the stage itself notes of it.
        await world.JobFinishedAsync("build x");
        string key = world.Suite.Store.Under("failures/").Single();
        KnownFailure own = world.Suite.Store.Peek(key, DocumentJson.Default.KnownFailure)!;
        await world.Suite.Ports.Documents.DeleteAsync(key, TestContext.Current.CancellationToken);
        await world.Suite.Ports.Documents.DeleteAsync(JobRecord.Key(world.Pipeline, "build x"), TestContext.Current.CancellationToken);
        KnownFailure other = own with { Sha = sha, Branch = "release/1", Run = RunIds.Of(own.Tree, "release/1", sha) };
        world.Suite.Store.Set(KnownFailure.Key(own.Signature, own.Tree, other.Run), other, DocumentJson.Default.KnownFailure);
        return world;
    }
}
