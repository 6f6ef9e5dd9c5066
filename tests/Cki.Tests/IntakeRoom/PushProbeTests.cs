using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Cki.Watch;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

public sealed class PushProbeTests
{
    private readonly InMemoryPorts _world = new();

    private Task<JsonNode?> ProbeAsync() =>
        WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Stage.Tasks["probe-push"](null, CancellationToken.None);

    [Fact]
    public async Task A_probe_is_a_push_like_any_other()
    {
        _world.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("""{"source":"gitlab"}""", (await ProbeAsync())!.ToJsonString());
        PushReceived push = Assert.Single(_world.Queue.Messages<PushReceived>());
        Assert.Equal(
            new PushReceived(
                "probe-push-202611221200", new ProjectRef("gitlab.example", "cki-serverless/probe"), "refs/heads/probe", null,
                CommitSha.Parse("202611221200ffffffffffffffffffffffffffff"), null),
            push);
        Assert.True(ProbeTree.Is(push.Project));
        Assert.Equal(["deliveries/2026/11/22/12/gitlab/probe-push-202611221200.json"], _world.Store.Keys);
    }

    [Fact]
    public async Task Where_no_GitLab_posts_there_is_no_way_to_probe()
    {
        _world.Config.Current = A.Config() with { Sources = [] };
        Assert.Equal("""{"source":null}""", (await ProbeAsync())!.ToJsonString());
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public void The_time_of_a_probe_is_read_from_the_keys_of_its_records_and_from_no_others()
    {
        DateTimeOffset slot = A.Noon;
        CommitSha sha = ProbeTree.ShaOf(slot);
        RunId run = RunIds.Of(ProbeTree.Name, ProbeTree.Branch, sha);
        Assert.True(ProbeTree.Is(run));
        Assert.Equal([slot, slot], new[] { RunIds.DetectionKey(run), ProbeTree.PipelineOf(sha).Key }.Select(ProbeTree.PushedAt));
        Assert.Null(ProbeTree.PushedAt("runs/mainline-master-202611221200-abcdef12/detection.json"));
        Assert.Null(ProbeTree.PushedAt($"{ProbeTree.RunsPrefix}x/detection.json"));
    }

    [Fact]
    public async Task Old_records_of_the_probe_are_swept_away_and_others_stay()
    {
        string[] keys = [.. new[] { A.Noon - ProbeTree.KeptFor - ProbeTree.Every, A.Noon }.SelectMany(at =>
            new[] { RunIds.PipelineKey(RunIds.Of(ProbeTree.Name, ProbeTree.Branch, ProbeTree.ShaOf(at))), ProbeTree.PipelineOf(ProbeTree.ShaOf(at)).Key })];
        foreach (string key in keys.Append("runs/other/pipeline.json"))
            await _world.Store.PutAsync(key, "{}"u8.ToArray(), new PutCondition.Always(), CancellationToken.None);
        await WatchStage.Compose(_world.Ports, new HttpClient(), NullLoggerFactory.Instance).Queues[QueueNames.Watch](_world.Message(new Tick(A.Noon)), CancellationToken.None);
        Assert.Equal(keys[2..].Append("runs/other/pipeline.json").Order(StringComparer.Ordinal), _world.Store.Keys.Where(k => k.StartsWith("runs/", StringComparison.Ordinal) || k.StartsWith("pipelines/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
