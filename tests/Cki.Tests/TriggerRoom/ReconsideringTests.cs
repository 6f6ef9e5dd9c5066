using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

using JobAttempt = Cki.GitLabSimulator.JobAttempt;

/// <summary>A settled attempt judged again.</summary>
public sealed class ReconsideringTests
{
    private const string Marker = "due/202611221205/reconsider/x";

    private static readonly ReconsiderRun Wish = new(TriggerWorld.Run, 1, "host k8s-7 lost its clock", "jane");

    private static async Task<TriggerWorld> AFailedRunAsync()
    {
        var world = new TriggerWorld();
        world.Runs(new JobScript("build x86_64", "build") { Attempts = [JobAttempt.Failed(RunnerTraces.CompileError()), new JobAttempt()] });
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        await world.StartAsync();
        world.Pass(300);
        world.Decides(world.GitLab.Jobs.First(), HerdAct.Leave, JobFinding.Failed);
        Assert.Equal("settled", await world.CheckToTheEndAsync());
        Assert.Equal(Verdict.Failed, world.Recorded!.Latest.Result!.Verdict);
        world.Ports.Store.SetText(Marker, "{}");
        return world;
    }

    [Fact]
    public async Task An_overruled_finding_changes_the_result_keeps_what_it_was_and_is_announced()
    {
        TriggerWorld world = await AFailedRunAsync();
        world.Decides(world.GitLab.Jobs.First(), HerdAct.Leave, JobFinding.Infrastructure);

        await world.ReceiveAsync(Wish, Marker);

        RunAttempt attempt = world.Recorded!.Latest;
        Assert.Equal(Verdict.Infrastructure, attempt.Result!.Verdict);
        Reconsidered was = Assert.Single(attempt.Reconsidered!);
        Assert.Equal((Verdict.Failed, "host k8s-7 lost its clock", "jane"), (was.Was.Verdict, was.Reason, was.By));
        Assert.Equal([new RunSettled(TriggerWorld.Run, 1)], world.Ports.Queue.Messages<RunSettled>());
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }

    [Fact]
    public async Task Each_change_has_its_number_also_where_the_middle_was_forgotten()
    {
        TriggerWorld world = await AFailedRunAsync();
        for (int change = 1; change <= 23; change++)
        {
            world.Decides(world.GitLab.Jobs.First(), HerdAct.Leave, change % 2 == 1 ? JobFinding.Infrastructure : JobFinding.Failed);
            await world.ReceiveAsync(Wish);
        }
        IReadOnlyList<Reconsidered> kept = world.Recorded!.Latest.Reconsidered!;
        Assert.Equal([1, .. Enumerable.Range(5, 19)], kept.Select(k => k.Number));
        Assert.Equal(23, world.Recorded.Latest.Judgements);
    }

    [Fact]
    public async Task The_same_wish_again_changes_nothing_and_is_announced_again()
    {
        TriggerWorld world = await AFailedRunAsync();
        world.Decides(world.GitLab.Jobs.First(), HerdAct.Leave, JobFinding.Infrastructure);
        await world.ReceiveAsync(Wish);
        await world.ReceiveAsync(Wish);
        Assert.Single(world.Recorded!.Latest.Reconsidered!);
        Assert.Equal(2, world.Ports.Queue.Messages<RunSettled>().Count);
    }

    [Fact]
    public async Task A_later_success_stays_failed_and_says_that_it_passed_later()
    {
        TriggerWorld world = await AFailedRunAsync();
        await world.RunAgainAsync(world.GitLab.Jobs.First());
        world.Pass(300);

        await world.ReceiveAsync(Wish);

        RunResult now = world.Recorded!.Latest.Result!;
        Assert.Equal((Verdict.Failed, true, 1, 2), (now.Verdict, now.Failures[0].PassedLater, now.Failures[0].FailedAttempts, now.Failures[0].Attempts));
        Assert.False(world.Recorded.Latest.Reconsidered![0].Was.Failures[0].PassedLater);
    }

    [Fact]
    public async Task What_still_moves_is_looked_at_later()
    {
        TriggerWorld world = await AFailedRunAsync();
        await world.RunAgainAsync(world.GitLab.Jobs.First());

        await world.ReceiveAsync(Wish, Marker);

        Assert.Null(world.Recorded!.Latest.Reconsidered);
        Assert.Empty(world.Ports.Queue.Messages<RunSettled>());
        Assert.Equal(Wish, Assert.Single(world.Ports.Queue.Messages<ReconsiderRun>()));
        Assert.Contains(Marker, world.Ports.Store.Keys);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task What_has_not_settled_or_is_not_there_is_left_alone(int attempt)
    {
        var world = new TriggerWorld();
        await world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        world.Ports.Store.SetText(Marker, "{}");
        await world.ReceiveAsync(Wish with { Attempt = attempt }, Marker);
        Assert.Null(world.Recorded!.Latest.Result);
        Assert.Empty(world.Ports.Queue.Messages<RunSettled>());
        Assert.DoesNotContain(Marker, world.Ports.Store.Keys);
    }
}
