using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>One note per merge request, edited in place.</summary>
public sealed class MergeRequestNoteTests
{
    private const string Post = "POST /projects/:id/merge_requests/:iid/notes";

    private readonly MergeRequestWorld _world = new();

    private RunId Run => _world.Detection.Run;

    private async Task SettleAsync(RunResult result, int attempt = 1)
    {
        _world.Arrange(result, attempt);
        _world.World.Send(new RunSettled(Run, attempt));
        await _world.World.RunAsync();
    }

    private string Said(string body) => body.Split('\n')[1];

    [Fact]
    public async Task A_second_verdict_edits_the_first_note()
    {
        await SettleAsync(Runs.Failed());
        Assert.Equal("**CKI** `FAIL build arm64` for `777777777777` `foo: add bar`", Said(Assert.Single(_world.Ours)));
        await SettleAsync(Runs.Passed(), attempt: 2);
        Assert.Equal("**CKI** `PASS` for `777777777777` `foo: add bar`", Said(Assert.Single(_world.Ours)));
        Assert.Equal(DeliveryState.Sent, _world.World.Delivery(Run, "note", "final-2")!.State);
    }

    [Fact]
    public async Task What_is_not_for_developers_writes_no_note()
    {
        await SettleAsync(Runs.Other(Verdict.Infrastructure, "a disk was full."));
        Assert.Empty(_world.Ours);
    }

    [Fact]
    public async Task A_run_without_a_merge_request_writes_no_note_and_closes()
    {
        RunDetection detection = _world.World.Arrange(Runs.Failed());
        _world.World.Send(new RunSettled(detection.Run, 1));
        await _world.World.RunAsync();
        Assert.Empty(_world.Ours);
        Assert.NotNull(_world.World.Report(detection.Run)!.ClosedAt);
    }

    [Theory]
    [InlineData(ApiFault.LostAfter)]
    [InlineData(ApiFault.LateEffect)]
    [InlineData(ApiFault.LostBefore)]
    [InlineData(ApiFault.ServiceUnavailable)]
    [InlineData(ApiFault.TooManyRequests)]
    public async Task A_note_whose_answer_was_lost_is_written_once(ApiFault fault)
    {
        _world.GitLab.Faults.Api(fault, new FaultWhen { On = Post, Times = 3 });
        await SettleAsync(Runs.Failed());
        Assert.Single(_world.Ours);
        Assert.NotNull(_world.World.Report(Run)!.ClosedAt);
    }

    [Fact]
    public async Task A_crash_at_any_step_leaves_one_note()
    {
        int crashes = 0;
        for (int at = 0; at < 100; at++)
        {
            var world = new MergeRequestWorld();
            world.Arrange(Runs.Failed());
            var crash = new Crash(world.World.Memory, at);
            world.World.Send(new RunSettled(world.Detection.Run, 1));
            await world.World.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Assert.Single(world.Ours);
            Assert.NotNull(world.World.Report(world.Detection.Run)!.ClosedAt);
        }
        Assert.InRange(crashes, 20, 99);
    }

    [Fact]
    public async Task The_note_of_a_newer_head_is_not_overwritten_by_an_older_run()
    {
        RunDetection newer = A.Detection('8', MergeRequests.Branch(1)) with { MergeRequest = MergeRequestWorld.Request, DetectedAt = A.Noon.AddHours(1), Title = "foo: add baz" };
        _world.Store.Set(RunIds.DetectionKey(newer.Run), newer, DocumentJson.Default.RunDetection);
        _world.Store.Set(RunIds.PipelineKey(newer.Run), Runs.Pipeline(newer.Run, Runs.Passed()), DocumentJson.Default.RunPipeline);
        _world.World.Send(new RunSettled(newer.Run, 1));
        await _world.World.RunAsync();
        await SettleAsync(Runs.Failed());
        Assert.Equal("**CKI** `PASS` for `888888888888` `foo: add baz`", Said(Assert.Single(_world.Ours)));
        Assert.NotNull(_world.World.Report(Run)!.ClosedAt);
    }

    [Fact]
    public async Task A_note_that_somebody_deleted_is_written_anew_and_a_copied_marker_is_not_ours()
    {
        await SettleAsync(Runs.Failed());
        string marker = _world.Ours[0].Split('\n')[0];
        _world.MergeRequest.Notes.Clear();
        GitLabNote copy = _world.Says("eve", $"{marker}\nAll is well.", hooks: 0);
        await SettleAsync(Runs.Passed(), attempt: 2);
        Assert.Single(_world.Ours);
        Assert.Equal($"{marker}\nAll is well.", copy.Body);
    }

    [Fact]
    public async Task A_bot_that_may_not_write_is_retried_until_an_operator_mends_it()
    {
        _world.GitLab.AddMember(_world.Project, _world.Bot, GitLabRole.Guest);
        _world.Arrange(Runs.Failed());
        _world.World.Send(new RunSettled(Run, 1));
        await _world.World.RunAsync(TimeSpan.FromHours(2));
        Assert.Empty(_world.Ours);
        Assert.Equal(["operators"], _world.World.Taken.Select(t => t.Channel).Distinct());
        _world.GitLab.AddMember(_world.Project, _world.Bot, GitLabRole.Developer);
        await _world.World.RunAsync(TimeSpan.FromHours(3));
        Assert.Single(_world.Ours);
    }
}
