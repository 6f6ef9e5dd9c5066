using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Between a retry's decision and its time the world moves on: each reason not to retry, and that it is recorded.</summary>
public class RetryGateTests
{
    private const string Head = "refs/merge-requests/1/head";
    private static readonly JobScript Lost = new("build x", "build") { Attempts = [HerdingWorld.SystemFailure, new()] };

    [Fact]
    public async Task An_open_merge_request_is_no_obstacle()
    {
        (HerdingWorld world, _) = await OfMergeRequestAsync();
        Assert.Equal("Done: retried", await world.RetryAsync("build x"));
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("merged")]
    public async Task Nothing_is_retried_for_a_merge_request_that_is_over(string state)
    {
        (HerdingWorld world, GitLabMergeRequest request) = await OfMergeRequestAsync();
        request.State = state;
        await DroppedAsync(world, $"merge request !1 is {state}");
    }

    [Fact]
    public async Task Nothing_is_retried_for_a_head_that_has_moved()
    {
        (HerdingWorld world, GitLabMergeRequest request) = await OfMergeRequestAsync();
        request.Sha = A.Sha('9').Value;
        await DroppedAsync(world, "the head of merge request !1 has moved to 999999999999");
    }

    [Fact]
    public async Task Nothing_is_retried_where_a_newer_pipeline_of_the_merge_request_runs()
    {
        (HerdingWorld world, _) = await OfMergeRequestAsync();
        long newer = (long)(await world.PostAsync("pipeline", $$"""{"ref":"{{Head}}"}"""))["id"]!;
        await DroppedAsync(world, $"pipeline {newer} of merge request !1 is newer");
    }

    [Fact]
    public async Task A_merge_request_that_is_closed_already_gets_no_flow()
    {
        var world = new HerdingWorld { Ref = Head };
        AddRequest(world).State = "closed";
        await world.AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        Assert.Empty(world.Suite.Flows.Executions);
        Assert.Equal("merge request !1 is closed", (await world.RecordAsync("build x"))!.Retries[0].Outcome);
    }

    [Fact]
    public async Task Retries_under_the_same_bridges_in_another_pipeline_of_the_run_count()
    {
        HerdingWorld world = await DecidedAsync(new HerdingWorld());
        var tally = new RetryTally("", "build x") { Retries = [.. Enumerable.Range(1, 3).Select(n => new TalliedRetry(A.Pipeline(7), n, "m", A.Noon))] };
        await world.Suite.Ports.Documents.PutAsync(RetryTally.Key(world.Run, "", "build x"), tally, DocumentJson.Default.RetryTally, TestContext.Current.CancellationToken);
        await DroppedAsync(world, "3 of 3 retries of that job are spent");
    }

    [Fact]
    public async Task A_retry_is_counted_before_it_is_posted()
    {
        HerdingWorld world = await DecidedAsync(new HerdingWorld());
        await world.RetryAsync("build x");
        RetryTally tally = (await world.Suite.Ports.Documents.GetAsync(RetryTally.Key(world.Run, "", "build x"), DocumentJson.Default.RetryTally, TestContext.Current.CancellationToken))!.Value;
        Assert.Equal([(world.Pipeline, world.Job("build x").Id)], tally.Retries.Select(r => (r.Pipeline, r.JobId)));
        Assert.Same(tally, tally.With(tally.Retries[0], 1));
        Assert.Null(tally.With(tally.Retries[0] with { JobId = 1 }, 1));
    }

    [Fact]
    public void A_whole_pipeline_that_was_cancelled_after_the_failure_is_told_from_a_single_job()
    {
        PipelineJob failed = Ended(1, "build a", GitLabStatus.Failed, 10);
        PipelineJob canceled = Ended(2, "build b", GitLabStatus.Canceled, 30);
        Assert.True(Cancellations.IsPipelineCanceledSince(failed, [failed, canceled, Ended(3, "test b", GitLabStatus.Skipped, null)]));
        Assert.False(Cancellations.IsPipelineCanceledSince(failed, [failed, canceled, Ended(3, "build c", GitLabStatus.Running, null)]));
        Assert.False(Cancellations.IsPipelineCanceledSince(failed, [failed, canceled, Ended(3, "build c", GitLabStatus.Success, 50)]));
        Assert.False(Cancellations.IsPipelineCanceledSince(failed, [failed, canceled with { FinishedAt = A.Noon.AddMinutes(5) }]));
    }

    [Fact]
    public void A_sibling_cancelled_at_once_was_cancelled_by_the_failure()
    {
        PipelineJob failed = Ended(1, "build a", GitLabStatus.Failed, 10);
        PipelineJob canceled = Ended(2, "build b", GitLabStatus.Canceled, 10);
        Assert.Equal(failed, Cancellations.Culprit(canceled, [failed, canceled]));
        Assert.Null(Cancellations.Culprit(canceled, [failed with { AllowFailure = true }, canceled]));
        Assert.Null(Cancellations.Culprit(canceled with { FinishedAt = A.Noon.AddMinutes(20) }, [failed, canceled]));
    }

    private static PipelineJob Ended(long id, string name, string status, int? minute) =>
        A.Job(id, name, status) with { FinishedAt = minute is { } at ? A.Noon.AddMinutes(at) : null };

    private static async Task DroppedAsync(HerdingWorld world, string why)
    {
        int jobs = world.GitLab.Jobs.Count;
        Assert.Equal($"Dropped: {why}", await world.RetryAsync("build x"));
        Assert.Equal(jobs, world.GitLab.Jobs.Count);
        Assert.Equal(why, (await world.RecordAsync("build x"))!.Retries[0].Outcome);
    }

    private static async Task<(HerdingWorld World, GitLabMergeRequest Request)> OfMergeRequestAsync()
    {
        var world = new HerdingWorld { Ref = Head };
        GitLabMergeRequest request = AddRequest(world);
        return (await DecidedAsync(world), request);
    }

    private static GitLabMergeRequest AddRequest(HerdingWorld world)
    {
        world.GitLab.Commit(A.PipelineProject.Path, Head, "net: a change");
        return world.GitLab.AddMergeRequest(world.GitLab.Project(A.PipelineProject.Path), "net: a change", Head);
    }

    private static async Task<HerdingWorld> DecidedAsync(HerdingWorld world)
    {
        await world.AfterAsync(Lost);
        await world.JobFinishedAsync("build x");
        Assert.Single(world.Suite.Flows.Executions);
        return world;
    }
}
