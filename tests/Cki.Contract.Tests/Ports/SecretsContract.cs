using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cki.Adapters;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Contract.Tests.Ports;

/// <summary>What every source of secrets promises.</summary>
public abstract class SecretsContract
{
    protected abstract ISecrets Secrets { get; }

    protected abstract Task SetAsync(string name, string value);

    /// <summary>So much time that a change must count.</summary>
    protected abstract void LongAfter();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_read_as_it_was_set()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(n => $"token-{n}")];
        foreach (string name in names)
            await SetAsync(name, $"{name}: ä\"\\ =");
        await SetAsync("whsec.key_1", "two\nlines");
        foreach (string name in names)
            Assert.Equal($"{name}: ä\"\\ =", await Secrets.GetAsync(name, Stop));
        Assert.Equal("two\nlines", await Secrets.GetAsync("whsec.key_1", Stop));
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        Assert.Null(await Secrets.GetAsync("nothing", Stop));
        await SetAsync("token", "x");
        Assert.Null(await Secrets.GetAsync("toke", Stop));
        Assert.Null(await Secrets.GetAsync("Token", Stop));
    }

    [Fact]
    public async Task A_changed_secret_counts_in_time()
    {
        await SetAsync("token", "old");
        Assert.Equal("old", await Secrets.GetAsync("token", Stop));
        await SetAsync("token", "new");
        LongAfter();
        Assert.Equal("new", await Secrets.GetAsync("token", Stop));
    }
}

public sealed class SecretsInFiles : SecretsContract, IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("cki-secrets-");

    protected override ISecrets Secrets => new EnvironmentSecrets(directory.FullName, _ => null);

    public void Dispose() => directory.Delete(recursive: true);

    protected override Task SetAsync(string name, string value) => File.WriteAllTextAsync(Path.Combine(directory.FullName, name), value + "\n", Stop);

    protected override void LongAfter()
    {
        // Files are read each time.
    }
}

[Collection(OnMoto.Name)]
public sealed class SecretsInSsm : SecretsContract, IDisposable
{
    private readonly ClockAhead clock = new();
    private readonly AwsSession session;
    private readonly string path = $"/cki/{Guid.NewGuid():n}/secrets/";

    public SecretsInSsm(Moto moto)
    {
        session = moto.Server.Session(clock: clock);
        Secrets = new SsmSecrets(session, () => path, NullLogger.Instance);
    }

    protected override ISecrets Secrets { get; }

    public void Dispose() => session.Dispose();

    protected override Task SetAsync(string name, string value) => session.Ssm.PutParameterAsync(
        new PutParameterRequest { Name = path + name, Value = value, Type = ParameterType.SecureString, Overwrite = true }, Stop);

    protected override void LongAfter() => clock.Ahead = TimeSpan.FromMinutes(7);

    /// <summary>Real time, moved on by the test.</summary>
    private sealed class ClockAhead : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
