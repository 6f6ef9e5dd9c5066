using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary><c>POST /heartbeats/{name}</c>.</summary>
public sealed class HeartbeatTests
{
    private readonly InMemoryPorts _ports;
    private readonly WebhookDoor _door;

    public HeartbeatTests()
    {
        var mirror = new CheckConfig("mirror", new CheckTarget.Heartbeat("mirror-token", TimeSpan.FromDays(1), TimeSpan.FromHours(1)));
        var web = new CheckConfig("web", new CheckTarget.Tcp("x", 1, null));
        _ports = new InMemoryPorts(A.Config() with { Checks = new ChecksConfig([mirror, web], []) });
        _ports.Secrets.Values["mirror-token"] = "beat-me";
        _door = WebhookIntakeStage.Compose(_ports.Ports, NullLoggerFactory.Instance).Door;
    }

    private async Task<(int Status, string Body)> PostAsync(string path, string? authorization, string method = "POST")
    {
        var headers = new Dictionary<string, string>();
        if (authorization is not null)
            headers["authorization"] = authorization;
        DoorAnswer answer = await _door.ReceiveAsync(new DoorRequest(method, path, headers, ReadOnlyMemory<byte>.Empty), CancellationToken.None);
        return (answer.Status, answer.Body);
    }

    [Theory]
    [InlineData("Bearer beat-me")]
    [InlineData("bearer beat-me")]
    public async Task A_beat_with_its_token_goes_to_Watch(string authorization)
    {
        Assert.Equal((202, "Accepted."), await PostAsync("/heartbeats/mirror", authorization));
        Assert.Equal([new HeartbeatReceived("mirror", A.Noon)], _ports.Queue.Messages<HeartbeatReceived>());
        Assert.Empty(_ports.Store.Keys);
    }

    [Theory]
    [InlineData("/heartbeats/mirror", null, 401, "Authorization is missing or wrong.")]
    [InlineData("/heartbeats/mirror", "Bearer beat-mf", 401, "Authorization is missing or wrong.")]
    [InlineData("/heartbeats/mirror", "Bearer ", 401, "Authorization is missing or wrong.")]
    [InlineData("/heartbeats/mirror", "beat-me", 401, "Authorization is missing or wrong.")]
    [InlineData("/heartbeats/mirrors", "Bearer beat-me", 404, "No heartbeat of this name is configured in checks.yaml.")]
    [InlineData("/heartbeats/web", "Bearer beat-me", 404, "No heartbeat of this name is configured in checks.yaml.")]
    [InlineData("/heartbeats/", "Bearer beat-me", 404, "No heartbeat of this name is configured in checks.yaml.")]
    public async Task Any_other_goes_nowhere(string path, string? authorization, int status, string body)
    {
        Assert.Equal((status, body), await PostAsync(path, authorization));
        Assert.Empty(_ports.Queue.Sent);
    }

    [Fact]
    public async Task It_is_posted() => Assert.Equal((405, "Heartbeats are posted: use POST."), await PostAsync("/heartbeats/mirror", "Bearer beat-me", "GET"));

    [Fact]
    public async Task A_secret_that_cannot_be_read_is_503_never_401()
    {
        _ports.Secrets.Unreadable = true;
        Assert.Equal((503, "The heartbeat could not be taken. Try again later."), await PostAsync("/heartbeats/mirror", "Bearer beat-me"));
        _ports.Secrets.Unreadable = false;
        _ports.Secrets.Values.Remove("mirror-token");
        Assert.Equal(503, (await PostAsync("/heartbeats/mirror", "Bearer ")).Status);
    }

    [Fact]
    public async Task A_queue_that_refuses_is_503_and_the_sender_tries_again()
    {
        _ports.Queue.Before = _ => throw new QueueUnavailableException("no");
        Assert.Equal(503, (await PostAsync("/heartbeats/mirror", "Bearer beat-me")).Status);
    }
}
