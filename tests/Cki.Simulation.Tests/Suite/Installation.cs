using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>What of ours outlives a crash: the database, the configuration, the secrets; and the way ports are made for one life.</summary>
public sealed class Installation : IDisposable
{
    private readonly Simulation simulation;
    private readonly Town town;
    private readonly Mutation mutation;
    private readonly SuiteChances chances;
    private readonly FixedConfig config;

    /// <param name="config">Null: the suite's own.</param>
    public Installation(Simulation simulation, Town town, Mutation mutation, SuiteChances chances, SuiteConfig? config = null)
    {
        this.config = new FixedConfig(config ?? SuiteSetting.Config);
        this.simulation = simulation;
        this.town = town;
        this.mutation = mutation;
        this.chances = chances;
        Database = EngineDatabase.Open(":memory:", Durability.Simulated);
    }

    public EngineDatabase Database { get; }

    public SuiteChances Chances => chances;

    /// <summary>Of Watch's minute, see <see cref="SuiteSetting.Schedule"/>.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Null: as by default.</summary>
    public Reporting.ReportingOptions? Reports { get; set; }

    public Watch.WatchOptions Watch { get; init; } = new();

    /// <summary>The engine of the newest life; null: none has begun.</summary>
    public EmbeddedEngine? Opened { get; private set; }

    public EngineOptions Engine { get; init; } = SuiteSetting.Engine;

    /// <summary>Null: the health of webhooks is not watched.</summary>
    public Uri? FrontDoor { get; init; }

    /// <summary>An engine on the one database, for as long as <paramref name="life"/> lasts.</summary>
    public EmbeddedEngine Open(Life life) => Opened = EmbeddedEngine.Open(
        Database, new RolledWriter(Database, life, simulation.Dice), Engine, life, simulation.Dice);

    /// <summary>For operators and checkers: another pair of hands on the same database, which takes nothing from those who work.</summary>
    public EmbeddedEngine OpenBeside() => EmbeddedEngine.Open(
        Database, new RolledWriter(Database, simulation.Outside, simulation.Dice),
        Engine with { ReleaseInFlightOnOpen = false }, simulation.Outside, simulation.Dice);

    /// <summary>The engine's ports as <paramref name="life"/> sees them.</summary>
    public SuitePorts Ports(EmbeddedEngine engine, Life life) => new(
        mutation.Queue(new SteppedQueue(engine.Queues, life, chances.Queue)),
        mutation.Store(new SteppedStore(engine.Store, life, chances.Store)),
        mutation.Flows(new SteppedFlows(engine.Flows, life, chances.Flows)),
        mutation.Secrets(new SteppedSecrets(SuiteSetting.Secrets, life, chances.Secrets)),
        config, life, simulation.Dice)
    {
        FrontDoor = FrontDoor,
    };

    public DispatchOptions Dispatching(Life life) => SuiteSetting.Dispatching(life) with { Invoke = mutation.InvokeAsync };

    public HttpClient Http(Life life) =>
        new(mutation.Http(new SteppedHandler(town.AnswerAsync, life), simulation)) { Timeout = Timeout.InfiniteTimeSpan };

    public void Dispose() => Database.Dispose();

    private sealed class FixedConfig(SuiteConfig current) : IConfigSource
    {
        public SuiteConfig Current => current;
    }
}
