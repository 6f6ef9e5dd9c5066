using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>A GitLab client over a fake wire, under a clock that goes on while a call waits.</summary>
public abstract class GitLabRoom
{
    protected GitLabRoom()
    {
        Clock = new FakeTimeProvider(A.Noon);
        Wire = new FakeWire(Clock);
        Client = new GitLabClient(Wire.Client(), new FixedConfig(A.Config()), Secrets, new GitLabRetries(Clock, new SeededDice()));
    }

    protected FakeTimeProvider Clock { get; }

    protected FakeWire Wire { get; }

    protected MemorySecrets Secrets { get; } = new() { Values = { ["gitlab-token"] = "glpat-test" } };

    protected GitLabClient Client { get; }

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected const string Root = "https://gitlab.example/api/v4/projects/cki%2Fpipelines";

    protected const string PipelineJson =
        """{"id":1000,"sha":"ffffffffffffffffffffffffffffffffffffffff","ref":"main","status":"running","source":"api","web_url":"https://gitlab.example/cki/pipelines/-/pipelines/1000","created_at":"2026-11-22T12:00:00.000Z","name":null,"user":{"username":"cki-bot"}}""";

    protected async Task<T> Patiently<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            for (int i = 0; i < 50 && !call.IsCompleted; i++)
                await Task.Yield();
            if (!call.IsCompleted)
                Clock.Advance(TimeSpan.FromMilliseconds(100));
        }
        return await call;
    }

    protected async Task<GitLabUnavailableException> Unavailable<T>(Task<T> call) =>
        await Assert.ThrowsAsync<GitLabUnavailableException>(() => Patiently(call));

    protected async Task<GitLabRefusedException> Refused<T>(Task<T> call) =>
        await Assert.ThrowsAsync<GitLabRefusedException>(() => Patiently(call));
}
