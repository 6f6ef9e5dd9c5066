using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

public class CheckingTests
{
    private static readonly TreePipeline Tree = A.TreePipeline();   // quiet 90 s, checks 15 min, starving 26 h, deadline 3 days
    private static readonly DateTimeOffset Later = A.Noon.AddHours(1);
    private static readonly SettlingView Still = new(true, [], false, "f1");

    private static readonly CheckFacts Done = new(
        new RunAttempt(1)
        {
            State = AttemptState.Running, Pipeline = A.Pipeline(), StartedAt = A.Noon, ProgressAt = Later.AddMinutes(-1), Fingerprint = "f1", FingerprintAt = Later.AddMinutes(-1),
        },
        GitLabStatus.Success, [A.Job()], [], Still, A.Noon);

    private static readonly CheckFacts Busy = Done with
    {
        PipelineStatus = GitLabStatus.Running, Jobs = [A.Job(status: GitLabStatus.Running)], View = Still with { AllTerminal = false },
    };

    private static CheckDecision.Running Running(double seconds) => new(TimeSpan.FromSeconds(seconds));

    private static CheckDecision.Settling SettlingIn(double seconds) => new(TimeSpan.FromSeconds(seconds));

    [Fact]
    public void Two_equal_reads_after_the_quiet_settle() => Assert.Equal(new CheckDecision.Settled(), Checking.Decide(Done, Tree, Later));

    [Fact]
    public void A_first_read_does_not_settle() =>
        Assert.Equal(SettlingIn(1), Checking.Decide(Done with { Attempt = Done.Attempt with { Fingerprint = "f0" } }, Tree, Later));

    [Fact]
    public void Quiet_since_our_last_post_is_waited_for() =>
        Assert.Equal(SettlingIn(40), Checking.Decide(Done with { PostedAt = Later.AddSeconds(-50), Attempt = Done.Attempt with { FingerprintAt = Later.AddSeconds(-20) } }, Tree, Later));

    [Fact]
    public void A_read_from_before_our_last_post_does_not_count()
    {
        CheckFacts facts = Done with { PostedAt = Later.AddSeconds(-10) };
        Assert.Equal(SettlingIn(80), Checking.Decide(facts, Tree, Later));
        Assert.Equal(Later, Checking.Seen(facts, Later).FingerprintAt);
    }

    [Fact]
    public void An_undecided_failure_does_not_settle_and_is_waited_for_shortly() =>
        Assert.Equal(Running(90), Checking.Decide(Done with { View = Still with { Undecided = [A.Job(status: GitLabStatus.Failed)] } }, Tree, Later));

    [Fact]
    public void A_pending_retry_does_not_settle() =>
        Assert.Equal(Running(900), Checking.Decide(Done with { View = Still with { RetryPending = true } }, Tree, Later));

    [Fact]
    public void A_pipeline_stuck_in_running_settles_by_its_jobs_after_half_an_hour()
    {
        CheckFacts stuck = Done with { PipelineStatus = GitLabStatus.Running };
        Assert.Equal(SettlingIn(900), Checking.Decide(stuck, Tree, Later));
        Assert.Equal(new CheckDecision.Settled(), Checking.Decide(stuck, Tree, Later.AddMinutes(29)));
    }

    [Fact]
    public void Lab_maintenance_stops_the_deadlines_clock_and_starvations_and_not_the_hard_cap()
    {
        OutageState lab = OutageDecisions.Closed(OutageDecisions.OpenedBy(null, "lab", "ann", "power", A.Noon.AddHours(10)), A.Noon.AddHours(34));
        CheckFacts idle = Busy with { Attempt = Busy.Attempt with { ProgressAt = A.Noon } };
        DateTimeOffset overdue = A.Noon.AddDays(3);
        Assert.IsType<CheckDecision.Deadline>(Checking.Decide(idle, Tree, overdue));
        Assert.IsType<CheckDecision.Running>(Checking.Decide(idle with { Lab = lab }, Tree, overdue.AddHours(23)));
        Assert.IsType<CheckDecision.Deadline>(Checking.Decide(idle with { Lab = lab }, Tree, overdue.AddHours(24)));
        CheckFacts pending = idle with { Jobs = [A.Job(status: GitLabStatus.Pending)] };
        Assert.IsType<CheckDecision.Starving>(Checking.Decide(pending, Tree, A.Noon.AddHours(26)));
        Assert.IsType<CheckDecision.Running>(Checking.Decide(pending with { Lab = lab }, Tree, A.Noon.AddHours(49)));
        OutageState forever = OutageDecisions.OpenedBy(null, "lab", "ann", "it burnt down", A.Noon);
        Assert.IsType<CheckDecision.Running>(Checking.Decide(idle with { Lab = forever }, Tree, A.Noon.AddDays(11)));
        Assert.IsType<CheckDecision.Deadline>(Checking.Decide(idle with { Lab = forever }, Tree, A.Noon.AddDays(12)));
    }

    [Fact]
    public void A_manual_job_is_waited_for_only_where_a_rule_says_so_and_for_so_long()
    {
        TreePipeline rules = Tree with { Manual = [new ManualRule("rel*", ManualAct.Wait, TimeSpan.FromHours(2)), new ManualRule("*", ManualAct.Play, TimeSpan.Zero)] };
        CheckFacts facts = Done with { Jobs = [A.Job(), A.Job(2, "release", GitLabStatus.Manual)] };
        Assert.Equal(SettlingIn(900), Checking.Decide(facts, rules, Later));
        Assert.Equal(new CheckDecision.Settled(), Checking.Decide(facts, rules, Later.AddHours(2)));
        Assert.Equal(new CheckDecision.Settled(), Checking.Decide(facts, Tree, Later));
        Assert.Equal(ManualAct.Play, ManualRules.Of(rules, A.Job(3, "deploy", GitLabStatus.Manual))!.Act);
        Assert.Null(ManualRules.Of(rules, A.Job(3, "deploy")));
    }

    [Fact]
    public void A_bridge_that_is_to_start_its_pipeline_does_not_settle()
    {
        var bridge = new PipelineBridge(5, "aarch64", "build", GitLabStatus.Running, false, null);
        Assert.Equal(SettlingIn(900), Checking.Decide(Done with { Bridges = [bridge] }, Tree, Later));
        Assert.Equal(new CheckDecision.Settled(), Checking.Decide(Done with { Bridges = [bridge with { Downstream = A.Pipeline(7) }] }, Tree, Later));
    }

    [Fact]
    public void A_pipeline_without_jobs_settles_only_when_it_is_over()
    {
        CheckFacts empty = Done with { Jobs = [] };
        Assert.IsType<CheckDecision.Settling>(Checking.Decide(empty with { PipelineStatus = "created" }, Tree, Later));
        Assert.Equal(new CheckDecision.Settled(), Checking.Decide(empty with { PipelineStatus = GitLabStatus.Failed }, Tree, Later));
    }

    [Fact]
    public void Waits_grow_with_age_up_to_the_check_interval()
    {
        Assert.Equal(Running(90), Checking.Decide(Busy, Tree, A.Noon.AddMinutes(1)));
        Assert.Equal(Running(300), Checking.Decide(Busy, Tree, A.Noon.AddMinutes(20)));
        Assert.Equal(Running(900), Checking.Decide(Busy, Tree, A.Noon.AddHours(9)));
    }

    [Fact]
    public void No_wait_is_below_a_second_or_above_two_hours()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), Checking.Wait(TimeSpan.Zero, Tree with { CheckInterval = TimeSpan.FromSeconds(2) }));
        Assert.Equal(TimeSpan.FromHours(2), Checking.Wait(TimeSpan.FromDays(2), Tree with { CheckInterval = TimeSpan.FromDays(1) }));
    }

    [Fact]
    public void A_job_pending_too_long_with_none_running_starves()
    {
        CheckFacts pending = Busy with { Jobs = [A.Job(1), A.Job(2, "test s390x", GitLabStatus.Pending)] };
        DateTimeOffset after = pending.Attempt.ProgressAt!.Value + Tree.StarvingAfter;
        Assert.Equal(["test s390x"], Assert.IsType<CheckDecision.Starving>(Checking.Decide(pending, Tree, after)).Jobs);
        Assert.IsType<CheckDecision.Running>(Checking.Decide(pending, Tree, after.AddSeconds(-1)));
        Assert.IsType<CheckDecision.Running>(Checking.Decide(pending with { Jobs = [A.Job(1, status: GitLabStatus.Running), .. pending.Jobs.Skip(1)] }, Tree, after));
    }

    [Fact]
    public void A_job_that_waits_for_a_resource_does_not_starve() =>
        Assert.IsType<CheckDecision.Running>(Checking.Decide(Busy with { Jobs = [A.Job(2, "test", "waiting_for_resource")] }, Tree, Later + Tree.StarvingAfter));

    [Fact]
    public void The_deadline_counts_from_the_last_progress_and_has_a_cap()
    {
        DateTimeOffset after = Busy.Attempt.ProgressAt!.Value + Tree.Deadline;
        Assert.Equal(new CheckDecision.Deadline("no job changed for 3 days"), Checking.Decide(Busy, Tree, after));
        CheckFacts progressed = Busy with { View = Busy.View with { Fingerprint = "f2" } };
        Assert.IsType<CheckDecision.Running>(Checking.Decide(progressed, Tree, after));
        Assert.Equal(new CheckDecision.Deadline("it did not end within 12 days"), Checking.Decide(progressed, Tree, A.Noon.AddDays(12)));
    }

    [Fact]
    public void A_newer_head_supersedes_where_the_tree_wants_it()
    {
        RunDetection run = A.Detection() with { Previous = A.Sha('9') };
        TreeConfig tree = A.Tree() with { CancelWhenNewer = true };
        TreeHeads Heads(char sha, int minutes) => new(tree.Name) { Branches = { ["main"] = new Head(A.Sha(sha), A.Noon.AddMinutes(minutes)) } };
        Assert.Equal(A.Sha('b'), Checking.NewerHead(tree, Heads('b', 5), run));
        Assert.Null(Checking.NewerHead(A.Tree(), Heads('b', 5), run));
        Assert.Null(Checking.NewerHead(tree, Heads('a', 5), run));
        // The head is written last: an older one may still stand there.
        Assert.Null(Checking.NewerHead(tree, Heads('8', -5), run));
        Assert.Null(Checking.NewerHead(tree, Heads('9', 5), run));
        Assert.Null(Checking.NewerHead(tree, null, run));
        Assert.Equal(new CheckDecision.Superseded(A.Sha('b')), Checking.Decide(Done with { NewerHead = A.Sha('b') }, Tree, Later));
    }
}
