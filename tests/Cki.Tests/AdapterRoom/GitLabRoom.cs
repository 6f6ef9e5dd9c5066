using Cki.Adapters;
using Cki.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Notes who rolls.</summary>
public sealed class NotingDice : Dice
{
    private readonly SeededDice _dice = new();

    public List<string> Sites { get; } = [];

    public override ulong Roll(string site)
    {
        Sites.Add(site);
        return _dice.Roll(site);
    }
}

/// <summary>A GitLab client over a fake wire, under a clock that goes on while a call waits.</summary>
public abstract class GitLabRoom
{
    protected GitLabRoom()
    {
        Clock = new FakeTimeProvider(A.Noon);
        Wire = new FakeWire(Clock);
        Client = new GitLabClient(Wire.Client(), new FixedConfig(A.Config()), Secrets, new GitLabRetries(Clock, Dice));
    }

    protected FakeTimeProvider Clock { get; }

    protected FakeWire Wire { get; }

    protected MemorySecrets Secrets { get; } = new() { Values = { ["gitlab-token"] = "glpat-test" } };

    protected GitLabClient Client { get; }

    protected NotingDice Dice { get; } = new();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected const string Root = "https://gitlab.example/api/v4/projects/cki%2Fpipelines";

    protected const string PipelineJson =
        """{"id":1000,"sha":"ffffffffffffffffffffffffffffffffffffffff","ref":"main","status":"running","source":"api","web_url":"https://gitlab.example/cki/pipelines/-/pipelines/1000","created_at":"2026-11-22T12:00:00.000Z","name":null,"user":{"username":"cki-bot"}}""";

    protected async Task<T> Patiently<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            for (int i = 0; !call.IsCompleted && (i < 50 || ThreadPool.PendingWorkItemCount > 0); i++)
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
