using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Retries that wait for a merge request's run, when it ends or its head moves.</summary>
public sealed class RevisitTests
{
    private static async Task<(HerdingWorld World, GitLabMergeRequest Request)> WaitingAsync(bool isMerged = false)
    {
        var world = new HerdingWorld();
        await world.AfterAsync(new JobScript("build x", "build") { Attempts = [HerdingWorld.SystemFailure, new()] });
        world.GitLab.Commit(A.PipelineProject.Path, "feature", "mm: a change");
        GitLabMergeRequest request = world.GitLab.AddMergeRequest(world.GitLab.Project(A.PipelineProject.Path), "mm: a change", "feature");
        RunDetection run = A.Detection() with { Sha = CommitSha.Parse(request.Sha), MergeRequest = new MergeRequestRef(A.PipelineProject, request.Iid) };
        if (isMerged)
            run = run with { Adopted = new AdoptedPipeline(world.Pipeline, "merge_request_event", "refs/merge-requests/1/merge", A.Sha('f')) };
        world.Suite.Store.Set(RunIds.DetectionKey(world.Run), run, DocumentJson.Default.RunDetection);
        await world.JobFinishedAsync("build x");
        Assert.Equal(RetryState.Pending, (await world.RecordAsync("build x"))!.Retries[0].State);
        return (world, request);
    }

    private static async Task<string> OutcomeAsync(HerdingWorld world)
    {
        JobRetry retry = (await world.RecordAsync("build x"))!.Retries[0];
        return $"{retry.State}: {retry.Outcome}";
    }

    [Fact]
    public async Task A_pending_retry_ends_at_once_with_its_merge_request()
    {
        (HerdingWorld world, GitLabMergeRequest request) = await WaitingAsync();
        request.State = "closed";
        await world.DeliverAsync(new RevisitRetries(world.Run, "merge request !1 is closed"));
        Assert.Equal("Dropped: merge request !1 is closed", await OutcomeAsync(world));
        Assert.NotNull((await world.StateAsync()).SettledAt);
        Assert.Equal("Dropped: merge request !1 is closed", await world.RetryAsync("build x"));
    }

    [Fact]
    public async Task A_held_retry_ends_at_once_as_well()
    {
        (HerdingWorld world, GitLabMergeRequest request) = await WaitingAsync();
        JobRecord record = (await world.RecordAsync("build x"))!;
        world.Suite.Store.Set(JobRecord.Key(world.Pipeline, "build x"), record.With(record.Retries[0] with { State = RetryState.Held }), DocumentJson.Default.JobRecord);
        request.State = "merged";
        await world.DeliverAsync(new RevisitRetries(world.Run, "merge request !1 is merged"));
        Assert.Equal("Dropped: merge request !1 is merged", await OutcomeAsync(world));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retry_whose_merge_request_is_open_waits_on(bool isMerged)
    {
        (HerdingWorld world, _) = await WaitingAsync(isMerged);
        world.GitLab.Commit(A.PipelineProject.Path, "main", "mm: the target moves");
        await world.DeliverAsync(new RevisitRetries(world.Run, "wrongly"));
        Assert.Equal("Pending: ", await OutcomeAsync(world));
        Assert.StartsWith("Done", await world.RetryAsync("build x"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_head_that_moved_between_decision_and_act_drops_it(bool isMerged)
    {
        (HerdingWorld world, GitLabMergeRequest request) = await WaitingAsync(isMerged);
        request.Sha = A.Sha('e').Value;
        Assert.Equal("Dropped: the head of merge request !1 has moved to eeeeeeeeeeee", await world.RetryAsync("build x"));
        Assert.Single(world.GitLab.Jobs);
    }

    [Fact]
    public async Task A_run_that_nobody_knows_is_nothing_to_look_at()
    {
        var world = new HerdingWorld();
        await world.DeliverAsync(new RevisitRetries(world.Run, "merge request !1 is closed"));
        Assert.Empty(world.Suite.Queue.Sent);
    }
}
