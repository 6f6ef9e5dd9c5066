using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>A note with several orders, and where its answer goes.</summary>
public sealed class OverrideThreadTests
{
    private const string Three = "Two more:\n@cki-bot wrong `build arm64` because the compiler was broken\n@cki-bot mute boot* for 7d\n@cki-bot drop table\nThanks";
    private const string Notes = "POST /projects/:id/merge_requests/:iid/notes";
    private const string Replies = "POST /projects/:id/merge_requests/:iid/discussions/:discussion/notes";

    private readonly MergeRequestWorld _world = new();

    private GitLabNote Ours => Assert.Single(_world.MergeRequest.Notes, n => n.Author == _world.Bot);

    [Fact]
    public async Task Every_order_of_a_note_is_carried_out_audited_and_answered()
    {
        _world.Job("build arm64", JobFinding.Failed, 77);
        GitLabNote note = _world.Says("mia", Three, hooks: 3);
        await _world.World.RunAsync();
        _world.Hook(note);
        await _world.World.RunAsync();
        Assert.StartsWith("cki.job.overrule {", Assert.Single(_world.Orders()));
        Assert.Equal("boot*", _world.Store.Peek(Assert.Single(_world.Store.Under(Mute.Prefix)), DocumentJson.Default.Mute)!.Pattern);
        Assert.Equal(["@ wrong", "@ mute"], _world.Store.Under(AuditEntry.Prefix).Select(k => _world.Store.Peek(k, DocumentJson.Default.AuditEntry)!.Act));
        Assert.Equal(
            $"""
            <!-- cki:answer-{note.Id} -->
            `mia`:

            - `wrong`: What was found in `build arm64` no longer counts against the commit. If a verdict changes by it, whoever was told gets a correction.
            - `mute`: Failures that are in jobs `boot*` only are not told to developers of mainline until 2026-11-29 12:00Z. Verdicts, the board and operators see them as before.
            - `unknown`: `there is no order drop`. Orders: `retry [job]`, `retest`, `stop`, `wrong <job> [because <reason>]`, `mute <pattern> [for <days>d]`, each at the beginning of a line.

            """,
            Ours.Body);
        Assert.Equal([], _world.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task Each_order_of_a_note_is_judged_by_the_role_that_it_needs()
    {
        _world.Job("build arm64", JobFinding.Failed, 77);
        _world.Says("dev", "@cki-bot stop\n@cki-bot retry");
        await _world.World.RunAsync();
        Assert.StartsWith("cki.job.retry {", Assert.Single(_world.Orders()));
        Assert.Contains("- `stop`: `stop` needs the role Maintainer in this project, which you do not have.\n- `retry`: To be run again: `build arm64`.", Ours.Body);
    }

    [Fact]
    public async Task An_answer_stands_in_the_thread_of_what_it_answers()
    {
        _world.Arrange(Runs.Failed());
        GitLabNote note = _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync();
        Assert.Equal((note.Discussion, true), (Ours.Discussion, Ours.IsReply));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123456789012345678901234567890123456789")]
    public async Task An_answer_to_a_thread_that_is_not_known_stands_alone(string? thread)
    {
        _world.Arrange(Runs.Failed());
        _world.Discussion = _ => thread;
        GitLabNote note = _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync();
        Assert.NotEqual(note.Discussion, Ours.Discussion);
        Assert.False(Ours.IsReply);
        Assert.Equal($"<!-- cki:answer-{note.Id} -->\n`mia`: 777777777777 will be tested again, attempt 2.\n", Ours.Body);
    }

    [Fact]
    public async Task An_answer_to_what_takes_none_stands_alone()
    {
        _world.Arrange(Runs.Failed());
        var system = new GitLabNote(5, _world.GitLab.AddUser("root"), A.Noon) { IsSystem = true, Body = "added 1 commit" };
        _world.MergeRequest.Notes.Add(system);
        _world.Discussion = _ => system.Discussion;
        _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync();
        Assert.False(Ours.IsReply);
        Assert.Single(_world.Orders());
    }

    [Theory]
    [InlineData(ApiFault.LostAfter)]
    [InlineData(ApiFault.LateEffect)]
    [InlineData(ApiFault.LostBefore)]
    [InlineData(ApiFault.BadGateway)]
    public async Task An_answer_in_a_thread_whose_answer_was_lost_is_given_once(ApiFault fault)
    {
        _world.Arrange(Runs.Failed());
        _world.GitLab.Faults.Api(fault, new FaultWhen { On = Replies, Times = 2 });
        _world.GitLab.Faults.Api(ApiFault.BadGateway, new FaultWhen { On = Notes });
        GitLabNote note = _world.Says("mia", "@cki-bot retest", hooks: 2);
        await _world.World.RunAsync();
        Assert.Equal(note.Discussion, Ours.Discussion);
        Assert.Single(_world.Orders());
        Assert.NotEmpty(_world.World.Failures);
    }

    [Fact]
    public async Task A_crash_at_any_step_loses_no_order_of_a_note()
    {
        int crashes = 0;
        for (int at = 0; at < 70; at += 2)
        {
            var world = new MergeRequestWorld();
            world.Job("build arm64", JobFinding.Failed, 77);
            GitLabNote note = world.Says("mia", Three);
            var crash = new Crash(world.World.Memory, at);
            await world.World.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Assert.Single(world.Ours);
            Assert.Single(world.Orders().Distinct());
            Assert.Single(world.Store.Under(Mute.Prefix));
            Assert.Equal(2, world.Store.Under(AuditEntry.Prefix).Count);
            Assert.NotNull(world.Record(note)!.AnsweredAt);
            Assert.Equal([], world.Store.Under(DueMarker.Prefix));
        }
        Assert.InRange(crashes, 8, 34);
    }
}
