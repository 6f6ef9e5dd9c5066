using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public sealed class RunnerTroubleTests
{
    private static readonly ProjectRef Second = new("gitlab.example", "cki/second");
    private static readonly DateTimeOffset Now = A.Noon.AddHours(1);

    private static RunnerBook Book(int first, int second) => new("gitlab.example", 41)
    {
        Failures =
        [
            .. Enumerable.Range(0, first).Select(n => new RunnerFailure(new JobRef(A.PipelineProject, n), "runner_system_failure", A.Noon.AddMinutes(n))),
            .. Enumerable.Range(0, second).Select(n => new RunnerFailure(new JobRef(Second, 100 + n), "runner_system_failure", A.Noon.AddMinutes(n))),
        ],
    };

    private static RunnerJob[] Jobs(int good, int bad) =>
    [
        .. Enumerable.Range(0, good).Select(n => new RunnerJob(1000 + n, "success", false, Now)),
        .. Enumerable.Range(0, bad).Select(n => new RunnerJob(2000 + n, "failed", true, Now)),
    ];

    private static RunnerShown Runner(long id, params string[] tags) => new(id, $"runner-{id}", true, false, tags, false);

    [Theory]
    [InlineData(4, 1, true)]
    [InlineData(3, 1, false)]
    [InlineData(9, 0, false)]
    public void Five_failures_over_two_projects_make_a_suspect(int first, int second, bool isSuspect) =>
        Assert.Equal(isSuspect, RunnerTrouble.IsSuspect(Book(first, second), Now));

    [Fact]
    public void Old_failures_do_not_count() => Assert.False(RunnerTrouble.IsSuspect(Book(4, 1), A.Noon + RunnerTrouble.Window));

    [Theory]
    [InlineData(5, 5, true)]
    [InlineData(6, 5, false)]
    [InlineData(0, 0, true)]
    public void A_suspect_that_does_most_of_its_work_is_not_broken(int good, int bad, bool isBroken) =>
        Assert.Equal(isBroken, RunnerTrouble.IsBroken(Book(4, 1), Jobs(good, bad), Now));

    [Fact]
    public void A_runner_whose_jobs_are_not_shown_is_judged_by_its_failures()
    {
        Assert.True(RunnerTrouble.IsBroken(Book(4, 1), null, Now));
        Assert.False(RunnerTrouble.IsBroken(Book(4, 1) with { NoticedAt = Now }, null, Now));
    }

    [Theory]
    [InlineData(3, 0, false, true)]
    [InlineData(2, 0, false, false)]
    [InlineData(3, 0, true, false)]
    public void Three_good_jobs_in_a_row_make_it_well_unless_it_is_paused(int good, int bad, bool isPaused, bool isWell) =>
        Assert.Equal(isWell, RunnerTrouble.IsWell(Book(4, 1) with { NoticedAt = A.Noon }, Jobs(good, bad), isPaused, Now));

    [Fact]
    public void A_failure_among_the_last_three_keeps_it_broken() =>
        Assert.False(RunnerTrouble.IsWell(Book(4, 1) with { NoticedAt = A.Noon }, [.. Jobs(0, 1), .. Jobs(3, 0)], false, Now));

    [Fact]
    public void Where_nothing_is_shown_a_quiet_day_makes_it_well()
    {
        RunnerBook noticed = Book(4, 1) with { NoticedAt = A.Noon };
        Assert.False(RunnerTrouble.IsWell(noticed, null, false, A.Noon.AddHours(23)));
        Assert.True(RunnerTrouble.IsWell(noticed, null, false, A.Noon.AddHours(25)));
    }

    [Fact]
    public void The_last_runner_for_its_tags_is_never_paused()
    {
        Assert.Equal("it is the last one in gitlab.example/cki/pipelines for the tags x86_64, big", WhyNot(Runner(41, "x86_64", "big"), Runner(42, "x86_64")));
        Assert.Equal("it is the last one in gitlab.example/cki/pipelines for the tags big", WhyNot(Runner(41, "big"), Runner(42, "big") with { IsPaused = true }, Runner(43, "big") with { IsOnline = false }));
        Assert.Equal("it is the last one in gitlab.example/cki/pipelines for untagged jobs", WhyNot(Runner(41) with { RunsUntagged = true }, Runner(42, "x86_64")));
        Assert.Null(WhyNot(Runner(41, "big"), Runner(42, "x86_64", "big")));
    }

    [Fact]
    public void Where_the_others_cannot_be_seen_it_is_not_paused() =>
        Assert.Equal("the runners of gitlab.example/cki/second are not for our eyes", RunnerTrouble.WhyNotPause(41, [(A.PipelineProject, [Runner(41), Runner(42)]), (Second, null)]));

    [Theory]
    [InlineData("runner_system_failure", null, 41L)]
    [InlineData("runner_system_failure", "runner", 41L)]
    [InlineData("runner_system_failure", "registry", null)]
    [InlineData("script_failure", "disk", 41L)]
    [InlineData("script_failure", "network", null)]
    [InlineData("script_failure", null, null)]
    public void Only_what_lies_with_the_machine_counts_against_it(string reason, string? failureClass, long? runner) =>
        Assert.Equal(runner, RunnerTrouble.RunnerOf(A.Job(status: GitLabStatus.Failed) with { FailureReason = reason, Machine = "41/s_1" }, failureClass));

    [Fact]
    public void The_same_failure_counts_once()
    {
        RunnerBook book = Book(4, 1);
        Assert.Same(book, RunnerTrouble.Counted(book, book.Failures[2], Now));
    }

    private static string? WhyNot(params RunnerShown[] runners) => RunnerTrouble.WhyNotPause(41, [(A.PipelineProject, runners)]);
}
