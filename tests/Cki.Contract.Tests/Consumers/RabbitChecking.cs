using Cki.Adapters;
using RabbitMQ.Client;
using Xunit;

namespace Cki.Contract.Tests.Consumers;

/// <summary>The check of a broker against RabbitMQ's own management API.</summary>
public sealed class RabbitChecking(RabbitServer server) : IClassFixture<RabbitServer>
{
    private static readonly Dictionary<string, string> s_secrets = new() { ["user"] = "guest", ["password"] = "guest", ["wrong"] = "canary" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private CheckTarget.RabbitMq Target(string? queue) => new(new Uri($"http://127.0.0.1:{server.ManagementPort}/"), "/", queue, "user", "password");

    private static async Task<CheckSight> SeeAsync(CheckTarget.RabbitMq target)
    {
        using HttpClient http = OutboundHttp.Create();
        var config = new NoConfig();
        var ports = new SuitePorts(null!, null!, null!, new FixedSecrets(), config, TimeProvider.System, new SystemDice());
        var gitLab = new GitLabClient(http, config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        return await CheckProbes.OverHttp(http, ports, gitLab)["rabbitmq"](new CheckConfig("broker", target), null, Stop);
    }

    /// <summary>Its numbers are gathered every few seconds.</summary>
    private static async Task<CheckSight> UntilAsync(CheckTarget.RabbitMq target, Func<CheckSight, bool> isSeen)
    {
        CheckSight sight = await SeeAsync(target);
        while (!isSeen(sight))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), Stop);
            sight = await SeeAsync(target);
        }
        return sight;
    }

    [Fact]
    public async Task A_queue_s_messages_and_consumers_are_seen_and_a_node_without_alarm()
    {
        Assert.Equal((CheckStatus.Up, "1 node, no alarm"), Plain(await SeeAsync(Target(null))));
        await using IConnection connection = await new ConnectionFactory { Uri = server.Address, UserName = "guest", Password = "guest" }.CreateConnectionAsync(Stop);
        await using IChannel channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeclareAsync("kernel results", durable: true, exclusive: false, autoDelete: false, cancellationToken: Stop);
        for (int n = 0; n < 3; n++)
            await channel.BasicPublishAsync("", "kernel results", "x"u8.ToArray(), Stop);
        Assert.NotNull(await channel.BasicGetAsync("kernel results", autoAck: false, Stop));

        CheckSight seen = await UntilAsync(Target("kernel results"), s => s.Said.StartsWith("2 ready, 1 unacked", StringComparison.Ordinal));
        Assert.Equal((CheckStatus.Up, "2 ready, 1 unacked, 0 consumers", 2.0), (seen.Status, seen.Said, seen.Value));
        Assert.Equal(CheckStatus.Degraded, (await SeeAsync(Target("kernel results") with { ReadyMost = 1 })).Status);
        Assert.Equal(CheckStatus.Down, (await SeeAsync(Target("kernel results") with { ConsumersLeast = 1 })).Status);
    }

    [Fact]
    public async Task An_unknown_queue_and_a_wrong_password_are_told_apart()
    {
        Assert.Equal((CheckStatus.Down, "the broker knows no queue gone in /"), Plain(await SeeAsync(Target("gone"))));
        Assert.Equal((CheckStatus.Down, "the broker refuses our user (401)"), Plain(await SeeAsync(Target("gone") with { PasswordSecret = "wrong" })));
    }

    private static (CheckStatus, string) Plain(CheckSight sight) => (sight.Status, sight.Said);

    private sealed class FixedSecrets : ISecrets
    {
        public Task<string?> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(s_secrets.GetValueOrDefault(name));
    }

    private sealed class NoConfig : IConfigSource
    {
        public SuiteConfig Current => new("", [], [], [], [], new MatcherTree([]));
    }
}
