using System.Text.Json.Nodes;

using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

public sealed class ProbeTests
{
    private readonly InMemoryPorts _world = new();

    private Task<JsonNode?> ProbeAsync() =>
        WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Stage.Tasks["probe"](null, CancellationToken.None);

    [Fact]
    public async Task A_probe_is_archived_and_reaches_no_queue()
    {
        Assert.Equal("""{"taken":["gitlab"]}""", (await ProbeAsync())!.ToJsonString());
        Assert.Equal(["deliveries/2026/11/22/12/gitlab/probe-202611221200.json"], _world.Store.Keys);
        Assert.Empty(_world.Queue.Sent);
    }

    [Fact]
    public async Task Without_configured_sources_there_is_nothing_to_probe()
    {
        _world.Config.Current = A.Config() with { Sources = [] };
        Assert.Equal("""{"taken":[]}""", (await ProbeAsync())!.ToJsonString());
        Assert.Empty(_world.Store.Keys);
    }

    [Fact]
    public async Task A_source_without_its_secret_fails_the_probe()
    {
        _world.Secrets.Values.Remove("hook-token");
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(ProbeAsync);
        Assert.Equal("Source gitlab: none of its secrets exists (hook-token)", failed.Message);
    }

    [Fact]
    public async Task A_source_whose_host_is_not_configured_fails_the_probe()
    {
        _world.Config.Current = A.Config() with { Sources = [new SourceConfig("gitlab", "gitlab", "elsewhere.example", ["hook-token"])] };
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(ProbeAsync);
        Assert.Equal("Source gitlab: the probe was answered 503: The delivery could not be taken. Try again later.", failed.Message);
    }
}
