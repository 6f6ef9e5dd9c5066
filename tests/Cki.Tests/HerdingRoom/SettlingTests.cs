using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class SettlingTests
{
    private static readonly Matchers None = Matchers.Compile(new MatcherTree([]));

    [Fact]
    public void A_failed_attempt_without_a_decision_is_undecided_though_a_later_one_passed()
    {
        PipelineJob first = A.Job(1, status: GitLabStatus.Failed);
        SettlingView view = Settling.Of([first, A.Job(2)], [], None);
        Assert.Equal((true, false, 1L), (view.AllTerminal, view.LooksSettled, view.Undecided.Single().Id));
        Assert.True(Settling.Of([first, A.Job(2)], [Record(1)], None).LooksSettled);
    }

    [Fact]
    public void A_passed_job_that_a_matcher_looks_at_is_undecided_until_its_decision()
    {
        Matchers shipped = Matchers.Compile(Shipped.Tree);
        PipelineJob test = A.Job(2, "test x86_64");
        Assert.Equal([2L], Settling.Of([A.Job(1), test], [], shipped).Undecided.Select(j => j.Id));
        Assert.True(Settling.Of([A.Job(1), test], [Record(2)], shipped).LooksSettled);
        Assert.True(Settling.Of([A.Job(1), test], [], None).LooksSettled);
    }

    [Fact]
    public void A_cancelled_job_is_undecided_only_beside_a_failed_one()
    {
        PipelineJob canceled = A.Job(2, "test", GitLabStatus.Canceled);
        Assert.True(Settling.Of([A.Job(1), canceled], [], None).LooksSettled);
        Assert.Equal([2L], Settling.Of([A.Job(1, status: GitLabStatus.Failed), canceled], [Record(1)], None).Undecided.Select(j => j.Id));
    }

    [Fact]
    public void A_running_job_holds_the_pipeline_and_a_manual_one_does_not()
    {
        Assert.False(Settling.Of([A.Job(1, status: GitLabStatus.Running)], [], None).AllTerminal);
        Assert.True(Settling.Of([A.Job(1, status: GitLabStatus.Manual), A.Job(2, "test", GitLabStatus.Canceled)], [], None).LooksSettled);
    }

    [Fact]
    public void A_retry_that_is_pending_or_not_yet_listed_holds_the_pipeline()
    {
        PipelineJob[] jobs = [A.Job(1, status: GitLabStatus.Failed)];
        Assert.True(Settling.Of(jobs, [Record(1, new JobRetry(1, "m", A.Noon, RetryState.Pending))], None).RetryPending);
        Assert.True(Settling.Of(jobs, [Record(1, new JobRetry(1, "m", A.Noon, RetryState.Done) { NewJobId = 9 })], None).RetryPending);
        Assert.False(Settling.Of([.. jobs, A.Job(9)], [Record(1, new JobRetry(1, "m", A.Noon, RetryState.Done) { NewJobId = 9 })], None).RetryPending);
        Assert.False(Settling.Of(jobs, [Record(1, new JobRetry(1, "m", A.Noon, RetryState.Dropped))], None).RetryPending);
    }

    [Fact]
    public void The_fingerprint_does_not_depend_on_order_and_changes_with_a_status()
    {
        PipelineJob a = A.Job(1, "a");
        PipelineJob b = A.Job(2, "b");
        Assert.Equal(Settling.Of([a, b], [], None).Fingerprint, Settling.Of([b, a], [], None).Fingerprint);
        Assert.NotEqual(Settling.Of([a, b], [], None).Fingerprint, Settling.Of([a, b with { Status = GitLabStatus.Canceled }], [], None).Fingerprint);
    }

    [Theory]
    [InlineData(7, "success", GitLabStatus.Failed, null)]
    [InlineData(8, "success", GitLabStatus.Failed, "a newer job of that name exists: 8")]
    [InlineData(7, "canceled", GitLabStatus.Failed, "the pipeline was cancelled")]
    [InlineData(7, "success", GitLabStatus.Running, "the job is running now")]
    public void A_retry_is_dropped_when_the_world_has_moved_on(long newest, string pipeline, string status, string? why) =>
        Assert.Equal(why, MayRetry.WhyNot(new RetryFacts(A.Job(7, status: status), pipeline, newest)));

    private static JobRecord Record(long jobId, params JobRetry[] retries) => new(A.Pipeline(), "build x86_64", "build")
    {
        Attempts = [new JobAttempt(jobId, GitLabStatus.Failed, "script_failure", null, "", A.Decision(), A.Noon)],
        Retries = retries,
    };
}
