using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>Orders in notes, from the webhook's hint to messages, audit and answer.</summary>
public sealed class OverrideTests
{
    private readonly MergeRequestWorld _world = new();

    private string Run => _world.Detection.Run.Value;

    private string Answer => Assert.Single(_world.Ours).Split('\n', 2)[1].TrimEnd('\n');

    private AuditEntry[] Audit => [.. _world.Store.Under(AuditEntry.Prefix).Select(k => _world.Store.Peek(k, DocumentJson.Default.AuditEntry)!)];

    [Fact]
    public async Task Retest_asks_for_the_next_attempt_once_however_often_the_hook_comes()
    {
        _world.Arrange(Runs.Failed());
        GitLabNote note = _world.Says("dev", "@cki-bot retest", hooks: 3);
        await _world.World.RunAsync();
        _world.Hook(note);
        await _world.World.RunAsync();
        Assert.Equal([$$"""cki.run.retest {"run":"{{Run}}","attempt":2,"by":"dev","reason":"note {{note.Id}} on gitlab.example/kernel/linux!1","v":1}"""], _world.Orders());
        Assert.Equal("`dev`: 777777777777 will be tested again, attempt 2.", Answer);
        Assert.Equal([new AuditEntry(A.Noon, "dev", "@ retest", Run, $"note {note.Id} on gitlab.example/kernel/linux!1")], Audit.Select(a => a with { At = A.Noon }));
        Assert.Equal([], _world.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task What_was_decided_stays_though_the_note_is_edited()
    {
        _world.Arrange(Runs.Failed());
        GitLabNote note = _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync();
        _world.GitLab.EditNote(_world.Project, _world.MergeRequest, note, "@cki-bot mute *");
        _world.Hook(note);
        await _world.World.RunAsync();
        Assert.Single(_world.Orders());
        Assert.Equal([], _world.Store.Under(Mute.Prefix));
        Assert.Single(_world.Ours);
    }

    [Theory]
    [InlineData("rep", "retest", "`retest` needs the role Developer in this project, which you do not have.")]
    [InlineData("eve", "retry", "`retry` needs the role Developer in this project, which you do not have.")]
    [InlineData("dev", "stop", "`stop` needs the role Maintainer in this project, which you do not have.")]
    [InlineData("dev", "wrong build arm64", "`wrong` needs the role Maintainer in this project, which you do not have.")]
    [InlineData("dev", "mute *", "`mute` needs the role Maintainer in this project, which you do not have.")]
    [InlineData("mia", "drop table", "`there is no order drop`. Orders: `retry [job]`, `retest`, `stop`, `wrong <job> [because <reason>]`, `mute <pattern> [for <days>d]`, each at the beginning of a line.")]
    [InlineData("mia", "retest", "777777777777 is still under test (attempt 1): stop it first, or wait.")]
    [InlineData("mia", "retry no `such` job", "No failed job ``no `such` job`` is known in the running attempt. Known are: `build arm64`.")]
    [InlineData("mia", "wrong boot", "Nothing that was found in a job `boot` speaks against the commit. Known are: `build arm64`.")]
    public async Task Who_may_not_and_what_cannot_be_is_answered_and_does_nothing(string who, string order, string answer)
    {
        _world.Job("build arm64", JobFinding.Failed, 77);
        _world.Says(who, $"@cki-bot {order}");
        await _world.World.RunAsync();
        Assert.Equal($"`{who}`: {answer}", Answer);
        Assert.Empty(_world.Orders());
        Assert.Empty(Audit);
        Assert.Equal([], _world.Store.Under(Mute.Prefix));
    }

    [Fact]
    public async Task A_tree_may_ask_for_other_roles()
    {
        TreeConfig tree = _world.World.Memory.Config.Current.Trees[0];
        var roles = new OverrideRoles { Stop = OverrideRoles.Developer, Retest = OverrideRoles.Nobody };
        _world.World.Memory.Config.Current = _world.World.Memory.Config.Current with { Trees = [tree with { MergeRequests = tree.MergeRequests with { Overrides = roles } }] };
        _world.Says("dev", "@cki-bot stop");
        _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync();
        Assert.StartsWith($$"""cki.run.cancellation {"run":"{{Run}}","attempt":1,"by":"dev",""", Assert.Single(_world.Orders()));
        Assert.EndsWith("`mia`: `retest` is switched off for this tree.\n", _world.Ours[1]);
    }

    [Fact]
    public async Task Retry_names_each_failed_job_to_the_herder()
    {
        _world.Job("build arm64", JobFinding.Infrastructure, 77);
        _world.Job("boot x86_64", JobFinding.Undetermined, 78);
        _world.Job("lint", JobFinding.Passed, 79, GitLabStatus.Success);
        _world.Says("dev", "@cki-bot retry");
        await _world.World.RunAsync();
        Assert.Equal(["\"id\":78},\"pipelineId\":1001,\"name\":\"boot x86_64\",\"by\":\"dev\"", "\"id\":77},\"pipelineId\":1001,\"name\":\"build arm64\",\"by\":\"dev\""],
            _world.Orders().Select(o => o[o.IndexOf("\"id\"", StringComparison.Ordinal)..o.IndexOf(",\"reason\"", StringComparison.Ordinal)]));
        Assert.Equal("`dev`: To be run again: `boot x86_64`, `build arm64`. Limits, budgets and pauses hold for it as for every retry; the run's page tells the outcome.", Answer);
    }

    [Fact]
    public async Task Wrong_tells_the_herder_who_overruled_what_and_why()
    {
        _world.Job("build arm64", JobFinding.Failed, 77);
        _world.Says("mia", "@cki-bot wrong bridge / BUILD arm64 because the compiler was broken");
        await _world.World.RunAsync();
        Assert.StartsWith($$"""cki.job.overrule {"run":"{{Run}}","attempt":1,"pipeline":{"project":{"host":"gitlab.example","path":"cki/pipelines"},"id":1001},"name":"build arm64","overruling":{"by":"mia",""", Assert.Single(_world.Orders()));
        Assert.Contains("\"reason\":\"the compiler was broken\",\"jobIds\":[77]", _world.Orders()[0]);
    }

    [Fact]
    public async Task Mute_is_kept_for_the_tree_and_ends()
    {
        GitLabNote note = _world.Says("mia", "@cki-bot mute boot* for 7d");
        await _world.World.RunAsync();
        Mute mute = _world.Store.Peek(Assert.Single(_world.Store.Under(Mute.Prefix)), DocumentJson.Default.Mute)!;
        Assert.Equal(new Mute(new TreeName("mainline"), "boot*", null, mute.Since, mute.Since + TimeSpan.FromDays(7), "mia", $"note {note.Id} on gitlab.example/kernel/linux!1"), mute);
    }

    [Fact]
    public async Task Talk_and_our_own_notes_are_left_alone()
    {
        _world.Says("mia", "I wonder what @cki-bot says");
        _world.Says("cki-bot", "@cki-bot retest");
        await _world.World.RunAsync();
        Assert.Equal(["@cki-bot retest"], _world.Ours);
        Assert.Empty(_world.Orders());
        Assert.Equal([], _world.Store.Under("overrides/"));
        Assert.Equal([], _world.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task Refusals_are_answered_a_few_times_an_hour_only()
    {
        for (int i = 0; i < 20; i++)
            _world.Says("eve", "@cki-bot retest");
        await _world.World.RunAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(OverrideRefusals.AnswersMax, _world.Ours.Length);
        Assert.Empty(_world.Orders());
    }

    [Theory]
    [InlineData(Switch.Observe)]
    [InlineData(Switch.Staging)]
    public async Task An_installation_that_only_observes_does_and_says_nothing(string what)
    {
        Hold(what);
        _world.Arrange(Runs.Failed());
        _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync();
        Assert.Empty(_world.Orders());
        Assert.Empty(_world.Ours);
        Assert.Equal([], _world.Store.Under(DueMarker.Prefix));
    }

    [Fact]
    public async Task What_is_paused_is_done_when_it_is_resumed()
    {
        Hold("all");
        _world.Arrange(Runs.Failed());
        _world.Says("mia", "@cki-bot retest");
        await _world.World.RunAsync(TimeSpan.FromHours(1));
        Assert.Empty(_world.Orders());
        await _world.Store.DeleteAsync($"{Switch.Prefix}all.json", CancellationToken.None);
        await _world.World.RunAsync(TimeSpan.FromHours(2));
        Assert.Single(_world.Orders());
        Assert.Single(_world.Ours);
    }

    [Theory]
    [InlineData(ApiFault.LostAfter)]
    [InlineData(ApiFault.LateEffect)]
    [InlineData(ApiFault.LostBefore)]
    [InlineData(ApiFault.BadGateway)]
    public async Task An_answer_whose_answer_was_lost_is_given_once(ApiFault fault)
    {
        _world.Arrange(Runs.Failed());
        _world.Discussion = _ => null;
        _world.GitLab.Faults.Api(fault, new FaultWhen { On = "POST /projects/:id/merge_requests/:iid/notes", Times = 2 });
        // The second hook comes while the first POST may still take effect.
        _world.Says("mia", "@cki-bot retest", hooks: 2);
        await _world.World.RunAsync();
        Assert.Single(_world.Ours);
        Assert.Single(_world.Orders());
        Assert.NotEmpty(_world.World.Failures);
    }

    /// <summary>At least once is enough for the messages: each names the same attempt, job or mute.</summary>
    [Fact]
    public async Task A_crash_at_any_step_loses_nothing_and_answers_once()
    {
        int crashes = 0;
        for (int at = 0; at < 60; at++)
        {
            var world = new MergeRequestWorld();
            world.Arrange(Runs.Failed());
            GitLabNote note = world.Says("mia", "@cki-bot retest");
            var crash = new Crash(world.World.Memory, at);
            await world.World.RunAsync();
            crashes += crash.Happened ? 1 : 0;
            Assert.Single(world.Ours);
            Assert.Single(world.Orders().Distinct());
            Assert.Single(world.Store.Under(AuditEntry.Prefix));
            Assert.NotNull(world.Record(note)!.AnsweredAt);
            Assert.Equal([], world.Store.Under(DueMarker.Prefix));
        }
        Assert.InRange(crashes, 15, 59);
    }

    private void Hold(string what) => _world.Store.Set($"{Switch.Prefix}{what}.json", new Switch(what, "test", "jane", A.Noon, null), DocumentJson.Default.Switch);
}
