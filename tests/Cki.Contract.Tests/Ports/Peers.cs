using Cki.Engine;
using Cki.Peers;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>moto, once for all suites that run against it.</summary>
public sealed class Moto : IAsyncLifetime
{
    internal PeerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await MotoServer.StartAsync(PeerScript.Root);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>Suites on one moto run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnMoto : ICollectionFixture<Moto>
{
    public const string Name = "moto";
}

/// <summary>local-aws-sqs, once for its suite.</summary>
public sealed class LocalSqs : IAsyncLifetime
{
    internal PeerProcess Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await PeerProcess.StartAsync("node", Path.Combine(PeerScript.Root, "tests", "peers", "sqs.js"));

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

/// <summary>The embedded engine on a file of its own, in real time.</summary>
internal sealed class EngineOnFile : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("cki-ports-");

    public EngineOnFile(params FlowDefinition[] flows) => Engine = EmbeddedEngine.Open(
        Path.Combine(directory.FullName, "engine.db"), new EngineOptions { Flows = flows }, TimeProvider.System, new Adapters.SystemDice());

    public EmbeddedEngine Engine { get; }

    public void Dispose()
    {
        Engine.Dispose();
        directory.Delete(recursive: true);
    }
}
