using System.Text.Json.Nodes;
using Cki.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.EngineRooms;

/// <summary>A whole engine on a real file, with stages made of functions. Waiting for something listens to commits; nothing sleeps.</summary>
internal sealed class World : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("cki-world-");
    private readonly List<EmbeddedEngine> lives = [];
    private readonly EngineOptions options;

    public World(params FlowDefinition[] flows)
    {
        options = new EngineOptions
        {
            Flows = flows,
            FlowEnded = ended => ended.Status is FlowStatus.Succeeded ? null : new OutgoingMessage("watch", $"{ended.Name} {ended.Status}", ended.Name),
        };
        Engine = Live(options);
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    public EmbeddedEngine Engine { get; private set; }

    public Dictionary<string, MessageHandler> Handlers { get; } = [];

    public Dictionary<string, FlowTask> Tasks { get; } = [];

    public List<HandlerFailure> Failures { get; } = [];

    public Dispatcher Dispatcher { get; private set; } = null!;

    /// <summary>Starts the dispatcher of this life.</summary>
    public void Start(Action<Dispatcher>? prepare = null)
    {
        Dispatcher = new Dispatcher(Engine, [new StageEndpoints(Handlers, Tasks)], new DispatchOptions { OnFailure = Failures.Add });
        prepare?.Invoke(Dispatcher);
        Dispatcher.Start();
    }

    /// <summary>The process is gone: nothing is closed, nothing is asked. Another one opens the same file.</summary>
    public void DieAndLiveAgain(params FlowDefinition[] newFlows) =>
        Engine = Live(newFlows.Length == 0 ? options : options with { Flows = newFlows });

    public Task SendAsync(string body, string queue = "herd", string group = "g") =>
        Engine.Queues.SendAsync(new OutgoingMessage(queue, body, group), EngineFixture.Stop);

    /// <summary>Waits until <paramref name="holds"/>, looking again after each commit that touched <paramref name="queue"/>.</summary>
    public async Task UntilAsync(Func<bool> holds, string queue = "herd")
    {
        Signal committed = Engine.Bell.Listen(queue);
        while (!holds())
            await committed.WaitAsync().WaitAsync(TimeSpan.FromSeconds(30), EngineFixture.Stop);
    }

    public Task UntilEmptyAsync(string queue = "herd") =>
        UntilAsync(() => Engine.Queues.Standings().All(standing => standing.Queue != queue), queue);

    public async Task<FlowExecution> EndAsync(string flow, string name)
    {
        await UntilAsync(() => Engine.Flows.Newest(flow).Single(execution => execution.Name == name).Status != FlowStatus.Running, Bell.Flows);
        return (await Engine.Flows.DescribeAsync(flow, name, EngineFixture.Stop))!;
    }

    public static FlowTask Returning(string json) => (_, _) => Task.FromResult(JsonNode.Parse(json));

    public void Dispose()
    {
        lives.ForEach(life => life.Dispose());
        directory.Delete(recursive: true);
    }

    private EmbeddedEngine Live(EngineOptions with)
    {
        lives.Add(EmbeddedEngine.Open(Path.Combine(directory.FullName, "engine.db"), with, Clock, new CountingDice()));
        return lives[^1];
    }
}
