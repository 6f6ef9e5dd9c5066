using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class FallingBackTests
{
    private static readonly RunPipeline Run = A.RunPipeline(A.Detection().Run).With(A.RunPipeline(A.Detection().Run).Latest with { StandbysSoughtAt = A.Noon });
    private static readonly PipelineJob[] Pending = [A.Job(1, status: GitLabStatus.Pending), A.Job(2, "test", GitLabStatus.Skipped)];
    private static readonly TreePipeline Two = A.TreePipeline() with { Fallbacks = [new([new("runner", "b")]), new([new("runner", "c")])] };

    [Fact]
    public void The_next_fallback_is_tried_as_long_as_no_job_has_finished()
    {
        Assert.Equal(new FallbackDecision.Again(2, 0), FallingBack.Decide(Run, Run.Latest, Two, new FallbackFacts(Pending, [])));
        RunAttempt second = new(2) { Fallback = 0, StandbysSoughtAt = A.Noon };
        Assert.Equal(new FallbackDecision.Again(3, 1), FallingBack.Decide(Run.With(second), second, Two, new FallbackFacts(Pending, [])));
    }

    [Fact]
    public void Without_a_further_fallback_the_rest_is_settled()
    {
        Assert.Equal(new FallbackDecision.SettleWithout("the tree has no fallback"), FallingBack.Decide(Run, Run.Latest, A.TreePipeline(), new FallbackFacts(Pending, [])));
        RunAttempt third = new(3) { Fallback = 1, StandbysSoughtAt = A.Noon };
        Assert.Equal(new FallbackDecision.SettleWithout("all fallbacks were used"), FallingBack.Decide(Run.With(third), third, Two, new FallbackFacts(Pending, [])));
    }

    [Theory]
    [InlineData("build s390x", 0)]
    [InlineData("build aarch64", 1)]
    [InlineData("build x86_64", null)]
    public void A_fallback_for_other_architectures_is_passed_over(string starving, int? fallback)
    {
        TreePipeline tree = A.TreePipeline() with
        {
            Fallbacks = [new([new("runner", "b")]) { Architectures = ["s390x"] }, new([new("runner", "c")]) { Architectures = ["s390x", "aarch64"] }],
        };
        FallbackDecision expected = fallback is null
            ? new FallbackDecision.SettleWithout("the tree has no fallback for x86_64")
            : new FallbackDecision.Again(2, fallback);
        Assert.Equal(expected, FallingBack.Decide(Run, Run.Latest, tree, new FallbackFacts([A.Job(1, starving, GitLabStatus.Pending)], [])));
    }

    [Fact]
    public void What_has_been_run_is_not_run_twice() =>
        Assert.Equal(
            new FallbackDecision.SettleWithout("build x86_64 has finished already"), FallingBack.Decide(Run, Run.Latest, Two, new FallbackFacts([A.Job(1), .. Pending], [])));

    [Fact]
    public void An_older_attempt_does_not_fall_back_again() =>
        Assert.Equal(new FallbackDecision.SettleWithout("attempt 2 took over"), FallingBack.Decide(Run.With(new RunAttempt(2)), Run.Latest, Two, new FallbackFacts(Pending, [])));

    [Fact]
    public void Operators_first_hear_which_runners_stand_by()
    {
        RunPipeline run = A.RunPipeline(A.Detection().Run);
        var named = Assert.IsType<FallbackDecision.NameStandbys>(FallingBack.Decide(run, run.Latest, Two, new FallbackFacts(Pending, [])));
        Assert.Equal([1L], named.Starving.Select(j => j.Id));
    }

    [Fact]
    public void A_child_pipeline_in_which_nothing_has_finished_is_started_again_once()
    {
        var bridge = new PipelineBridge(5, "child s390x", "children", GitLabStatus.Running, false, A.Pipeline(2000));
        PipelineJob waits = A.Job(6, "child s390x / build", GitLabStatus.Pending) with { PipelineId = 2000 };
        var facts = new FallbackFacts([A.Job(1), waits], [bridge]);
        Assert.Equal(new FallbackDecision.ChildAgain(bridge), FallingBack.Decide(Run, Run.Latest, Two, facts));
        RunAttempt again = Run.Latest with { Regenerations = [new Regeneration(bridge.Name, 5, A.Pipeline(2000), A.Noon) { IsDone = true }] };
        Assert.IsType<FallbackDecision.SettleWithout>(FallingBack.Decide(Run.With(again), again, Two, facts));
        PipelineJob done = A.Job(7, "child s390x / lint") with { PipelineId = 2000 };
        Assert.IsType<FallbackDecision.SettleWithout>(FallingBack.Decide(Run, Run.Latest, Two, facts with { Jobs = [.. facts.Jobs, done] }));
    }

    [Fact]
    public void One_new_attempt_follows_where_artefacts_were_gone_and_no_second()
    {
        var facts = new FallbackFacts([A.Job(1)], []) { WantsNewAttempt = true };
        Assert.Equal(new FallbackDecision.Again(2, null), FallingBack.Decide(Run, Run.Latest, Two, facts));
        RunAttempt second = new(2);
        Assert.Equal(new FallbackDecision.SettleWithout("artefacts were gone again"), FallingBack.Decide(Run.With(second), second, Two, facts));
    }
}
