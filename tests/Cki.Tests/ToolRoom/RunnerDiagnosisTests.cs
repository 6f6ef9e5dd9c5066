using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public sealed class RunnerDiagnosisTests
{
    private static string[] Of(params RunnerShown[]? runners) => [.. RunnerDiagnosis.Of(HealthyFacts.Project() with { Runners = runners, RunnersTrouble = "403 Forbidden" }).Select(f => $"{f.Severity}: {f.What}")];

    private static RunnerShown Runner(string name, params string[] tags) => new(1, name, true, false, tags, false);

    [Fact]
    public void Where_another_stands_by_there_is_no_finding() =>
        Assert.Empty(Of(Runner("r1", "kernel", "aarch64"), Runner("r2", "arm64"), Runner("any", "shell")));

    [Fact]
    public void A_runner_that_is_alone_is_noted() =>
        Assert.Equal(
            ["Note: gitlab.example/cki/pipelines: r3 alone takes jobs for s390x: nothing stands by when it breaks"],
            Of(Runner("r1", "x86_64"), Runner("r2", "x86_64"), Runner("r3", "s390x"), Runner("r4", "s390x") with { IsPaused = true }));

    [Fact]
    public void Paused_runners_and_none_at_all_are_told()
    {
        Assert.Equal(["Problem: gitlab.example/cki/pipelines: all runners for aarch64 are paused (r1)"], Of(Runner("r1", "aarch64") with { IsPaused = true }));
        Assert.Equal(["Problem: gitlab.example/cki/pipelines: no runner is online"], Of());
    }

    [Fact]
    public void What_cannot_be_read_is_a_finding_and_projects_in_which_nothing_is_started_are_none()
    {
        Assert.Equal(["CannotTell: gitlab.example/cki/pipelines: runners cannot be read: 403 Forbidden"], Of(null));
        Assert.Empty(RunnerDiagnosis.Of(HealthyFacts.Project() with { Runners = [], Refs = [] }));
    }
}
