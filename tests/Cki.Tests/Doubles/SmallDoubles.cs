namespace Cki.Tests.Doubles;

/// <summary>Secrets by name; <see cref="Unreadable"/> takes their source away.</summary>
public sealed class MemorySecrets : ISecrets
{
    public Dictionary<string, string> Values { get; } = [];

    public bool Unreadable { get; set; }

    public Task<string?> GetAsync(string name, CancellationToken cancellationToken) =>
        Unreadable
            ? Task.FromException<string?>(new SecretsUnavailableException("the parameter store did not answer"))
            : Task.FromResult(Values.GetValueOrDefault(name));
}

/// <summary>The configuration the test sets.</summary>
public sealed class FixedConfig(SuiteConfig current) : IConfigSource
{
    public SuiteConfig Current { get; set; } = current;
}

/// <summary>Same seed, same rolls: SplitMix64.</summary>
public sealed class SeededDice(ulong seed = 1) : Dice
{
    private ulong _state = seed;

    public override ulong Roll(string site)
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
