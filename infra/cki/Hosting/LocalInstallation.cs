using Cki.Adapters;
using Cki.Engine;
using Cki.Tool.Telemetry;

namespace Cki.Tool;

/// <summary>An installation on one machine: its database, for verbs that read and switch while <c>cki up</c> may be running on it.</summary>
internal sealed class LocalInstallation : OpenedInstallation
{
    private readonly EmbeddedEngine engine;
    private readonly string directory;
    private readonly LocalFacts facts;

    private LocalInstallation(EmbeddedEngine engine, string directory, LocalFacts facts)
        : base(engine.Store, engine.Queues)
    {
        this.engine = engine;
        this.directory = directory;
        this.facts = facts;
    }

    public override string Name => $"--data {directory}";

    /// <summary>The engine's file.</summary>
    public string Database => DataDirectory.DatabaseIn(directory);

    public override Uri? FrontDoor => facts.Url;

    public override ISecrets Secrets => new EnvironmentSecrets(facts.Secrets, Environment.GetEnvironmentVariable);

    /// <summary>Where its configuration files lie. Throws <see cref="BadInputException"/> where nobody said.</summary>
    public string ConfigDirectory =>
        facts.Config ?? throw new BadInputException($"{Name} does not know its configuration: cki up did not start on it yet; say --config DIR");

    /// <param name="more">What the command line says: it goes before what <c>cki up</c> noted.</param>
    /// <remarks>Throws <see cref="BadInputException"/> where there is no installation.</remarks>
    public static LocalInstallation At(string directory, LocalFacts? more = null)
    {
        string file = DataDirectory.DatabaseIn(directory);
        if (!File.Exists(file))
            throw new BadInputException($"--data {directory}: there is no database of cki up in it");
        // The owner's messages in flight stay its own.
        var engine = EmbeddedEngine.Open(file, new EngineOptions { ReleaseInFlightOnOpen = false }, TimeProvider.System, new SystemDice());
        return new LocalInstallation(engine, directory, (more ?? new LocalFacts()).Over(LocalFacts.In(directory)));
    }

    public override IAsyncEnumerable<HumanLine> LogsAsync(LogQuery query, CancellationToken cancellationToken) =>
        new LogFileReading(TelemetryOptions.LogDirectoryIn(directory), TimeProvider.System).ReadAsync(query, cancellationToken);

    public override Task<ConfigReading> ReadConfigAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Cki.Adapters.ConfigDirectory.Read(ConfigDirectory));

    public override Task<ConfigBundle?> BundleInForceAsync(CancellationToken cancellationToken) =>
        Task.FromResult<ConfigBundle?>(Cki.Adapters.ConfigDirectory.Bundle(ConfigDirectory));

    /// <remarks><c>cki up</c> takes the files within seconds. They are written whole, one after the other; a look in between finds a mix, which it
    /// validates like any change.</remarks>
    public override async Task<ConfigPush> PushConfigAsync(ConfigBundle bundle, bool arm, CancellationToken cancellationToken)
    {
        await KeepFilesAsync(cancellationToken);
        // Observing is switched where a new installation starts, not here.
        ConfigPush push = await Bundles.PushAsync(bundle, Environment.UserName, arm: true, cancellationToken);
        if (push is ConfigPush.Done or ConfigPush.Unchanged)
            Write(bundle);
        return push;
    }

    public override async Task<ConfigPush> RollbackConfigAsync(string? hash, CancellationToken cancellationToken)
    {
        await KeepFilesAsync(cancellationToken);
        ConfigPush push = await Bundles.RollbackAsync(hash, Environment.UserName, cancellationToken);
        if (push is ConfigPush.Done done && await Bundles.BundleAsync(done.Hash, cancellationToken) is { } bundle)
            Write(bundle);
        return push;
    }

    public override Task<IReadOnlyList<QueueDepth>> QueuesAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, QueueStanding> known = engine.Queues.Standings().ToDictionary(s => s.Queue);
        IReadOnlyList<QueueDepth> all =
        [
            .. QueueNames.All.Concat(QueueNames.All.Select(EngineQueues.DeadQueueOf)).Order(StringComparer.Ordinal)
                .Select(name => known.GetValueOrDefault(name) ?? new QueueStanding(name, 0, 0, 0, null))
                .Select(s => new QueueDepth(s.Queue, s.Ready, s.Delayed, s.InFlight, s.OldestSent)),
        ];
        return Task.FromResult(all);
    }

    public override ValueTask DisposeAsync()
    {
        engine.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What somebody wrote into the files by hand must not be lost by writing over it: it becomes part of the history, if it is good.</summary>
    private async Task KeepFilesAsync(CancellationToken cancellationToken)
    {
        if (Cki.Adapters.ConfigDirectory.Read(ConfigDirectory) is ConfigReading.Good)
            await Bundles.PushAsync(Cki.Adapters.ConfigDirectory.Bundle(ConfigDirectory), "the files", arm: true, cancellationToken);
    }

    private void Write(ConfigBundle bundle)
    {
        // What it lacks would otherwise stay in force.
        foreach (string name in SuiteConfig.OptionalFileNames.Where(n => bundle.Files.All(f => f.Name != n)))
            File.Delete(Path.Combine(ConfigDirectory, name));
        foreach (ConfigBundleFile file in bundle.Files)
        {
            string path = Path.Combine(ConfigDirectory, file.Name);
            if (File.Exists(path) && File.ReadAllText(path) == file.Text)
                continue;
            File.WriteAllText(path + ".new", file.Text);
            File.Move(path + ".new", path, overwrite: true);
        }
    }
}
