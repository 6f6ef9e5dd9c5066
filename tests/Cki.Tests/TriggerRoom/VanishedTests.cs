using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.TriggerRoom;

/// <summary>Commits that are gone before their pipeline started.</summary>
public sealed class VanishedTests
{
    private readonly TriggerWorld _world = new();

    private async Task OpenAsync()
    {
        _world.GitLab.AddMember(_world.GitLab.AddProject(A.KernelProject.Path), _world.GitLab.Users.First(u => u.Username == "cki-bot"), GitLabRole.Reporter);
        await _world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
    }

    [Fact]
    public async Task A_commit_that_is_gone_is_recorded_as_vanished_and_no_pipeline_is_started()
    {
        await OpenAsync();
        _world.Pass(900);
        JsonNode answer = await _world.CallAsync("start-pipeline");
        Assert.Equal("settled", (string?)answer["status"]);
        RunResult result = _world.Recorded!.Latest.Result!;
        Assert.Equal(
            (Verdict.Vanished, "vanished: aaaaaaaaaaaa was the head of main at 2026-11-22 12:00 UTC and is not in the repository any more"), (result.Verdict, result.Reason));
        Assert.Equal((0, 0), (_world.PostsSent, _world.GitLab.Pipelines.Count));
    }

    [Fact]
    public async Task A_young_commit_may_only_not_have_reached_every_mirror()
    {
        await OpenAsync();
        FlowTaskException later = await Assert.ThrowsAsync<FlowTaskException>(() => _world.CallAsync("start-pipeline"));
        Assert.Equal(ErrorNames.Busy, later.ErrorName);
        Assert.Equal(AttemptState.Starting, _world.Recorded!.Latest.State);
    }

    [Fact]
    public async Task Where_the_project_is_hidden_nothing_is_taken_for_gone()
    {
        await _world.ReceiveAsync(new CommitDetected(TriggerWorld.Run));
        _world.Pass(900);
        Assert.Equal("started", (string?)(await _world.CallAsync("start-pipeline"))["status"]);
    }

    [Fact]
    public async Task Trouble_at_GitLab_is_no_proof_either()
    {
        await OpenAsync();
        _world.Pass(900);
        _world.GitLab.Faults.Api(ApiFault.BadGateway, new FaultWhen { On = "GET /projects/:id/repository/commits/:sha", Times = 1 });
        Assert.Equal("started", (string?)(await _world.CallAsync("start-pipeline"))["status"]);
        Assert.Equal(1, _world.PostsSent);
    }
}
