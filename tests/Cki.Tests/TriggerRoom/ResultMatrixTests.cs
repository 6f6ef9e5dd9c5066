using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class ResultMatrixTests
{
    private static RunResult Of(PipelineJob[] jobs, params PipelineBridge[] bridges) => RunResults.Of(jobs, [], bridges, new CheckDecision.Settled());

    [Theory]
    [InlineData("build x86_64 debug", "x86_64")]
    [InlineData("boot_arm64", "aarch64")]
    [InlineData("s390x:test", "s390x")]
    [InlineData("ppc64le", "ppc64le")]
    [InlineData("riscv64 / x86_64 host tools", "x86_64")]
    [InlineData("riscv64 / kunit", "riscv64")]
    [InlineData("harm64", "-")]
    [InlineData("merge", "-")]
    public void A_jobs_name_tells_its_architecture_from_the_right(string name, string architecture) =>
        Assert.Equal(architecture, Assert.Single(Of([A.Job(name: name)]).Cells).Architecture);

    [Fact]
    public void The_tags_of_its_runner_tell_where_the_name_does_not() =>
        Assert.Equal("s390x", Assert.Single(Of([A.Job(name: "kunit") with { Tags = ["docker", "s390x"] }]).Cells).Architecture);

    [Fact]
    public void Cells_stand_by_architecture_and_by_stage_as_GitLab_made_them() =>
        Assert.Equal(
            [
                new ResultCell("x86_64", "merge", CellResult.Pass, 1, 1, null), new ResultCell("x86_64", "build", CellResult.Pass, 1, 1, null),
                new ResultCell("s390x", "build", CellResult.Pass, 2, 2, null), new ResultCell("-", "merge", CellResult.Pass, 1, 1, null),
            ],
            Of([A.Job(1, "merge x86_64"), A.Job(2, "merge"), A.Job(3, "build s390x"), A.Job(4, "build s390x debug"), A.Job(5, "build x86_64")]).Cells);

    [Fact]
    public void A_skipped_job_is_not_run_because_of_its_own_architectures_failure()
    {
        PipelineJob[] jobs =
        [
            A.Job(1, "build x86_64", GitLabStatus.Failed), A.Job(2, "build s390x", GitLabStatus.Failed), A.Job(3, "boot s390x", GitLabStatus.Skipped),
            A.Job(4, "test s390x", GitLabStatus.Skipped), A.Job(5, "test aarch64", GitLabStatus.Skipped),
        ];
        Assert.Equal(
            ["test aarch64: skipped because of build x86_64", "boot s390x: skipped because of build s390x", "test s390x: skipped because of build s390x"],
            Of(jobs).Cells.Where(c => c.Stage != "build").Select(c => c.Why));
    }

    [Fact]
    public void A_broken_job_is_not_run_and_never_fail()
    {
        ResultCell cell = Assert.Single(Of([A.Job(1, "build x86_64", GitLabStatus.Failed)]).Cells);
        Assert.Equal(new ResultCell("x86_64", "build", CellResult.NotRun, 0, 1, "build x86_64: no decision on it was recorded"), cell);
    }

    [Fact]
    public void A_bridge_that_started_nothing_is_a_configuration_fault_and_its_architecture_not_run()
    {
        RunResult result = Of([A.Job(1, "build x86_64")], new PipelineBridge(2, "aarch64", "children", GitLabStatus.Failed, false, null));
        Assert.Equal((Verdict.Configuration, "aarch64: it could not start its pipeline"), (result.Verdict, result.Reason));
        Assert.Equal(new ResultCell("aarch64", "children", CellResult.NotRun, 0, 1, "aarch64: it could not start its pipeline"), result.Cells[1]);
    }

    [Fact]
    public void A_bridges_status_is_no_result_where_its_jobs_are_seen()
    {
        PipelineJob child = A.Job(3, "aarch64 / build") with { PipelineId = 7 };
        Assert.Equal(Verdict.Passed, Of([child], new PipelineBridge(2, "aarch64", "children", GitLabStatus.Failed, false, A.Pipeline(7))).Verdict);
    }

    [Fact]
    public void A_downstream_pipeline_that_shows_no_jobs_is_never_passed() =>
        Assert.Equal(
            (Verdict.Incomplete, "nothing of stage children was run: aarch64 its pipeline 7 shows no jobs"),
            Of([A.Job(1)], new PipelineBridge(2, "aarch64", "children", GitLabStatus.Success, false, A.Pipeline(7))) is var result ? (result.Verdict, result.Reason) : default);
}
