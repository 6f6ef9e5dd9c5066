namespace Cki.Adapters;

/// <summary>The configuration in force, and its replacement while running: a bad change is refused whole and the old one stays.</summary>
public sealed class ConfigWatch : IConfigSource
{
    private readonly string _directory;
    private volatile SuiteConfig _current;

    /// <summary>Throws <see cref="ConfigRefusedException"/> when there is nothing good to start with.</summary>
    public ConfigWatch(string directory)
    {
        _directory = directory;
        _current = ConfigDirectory.Load(directory);
    }

    public SuiteConfig Current => _current;

    /// <summary>Reads the files again. Whoever calls this raises the operators' notice.</summary>
    public ConfigReload TryReload()
    {
        switch (ConfigDirectory.Read(_directory))
        {
            case ConfigReading.Bad bad:
                return new ConfigReload.Refused(bad.Errors);
            case ConfigReading.Good good when good.Config.Hash == _current.Hash:
                return new ConfigReload.Unchanged();
            case ConfigReading.Good good:
                string before = _current.Hash;
                _current = good.Config;
                return new ConfigReload.Replaced(before, good.Config.Hash);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}

/// <summary>How a reload ended.</summary>
public abstract record ConfigReload
{
    private ConfigReload() { }

    public sealed record Unchanged : ConfigReload;

    public sealed record Replaced(string HashBefore, string HashNow) : ConfigReload;

    /// <summary>The old configuration stays in force.</summary>
    public sealed record Refused(IReadOnlyList<ConfigError> Errors) : ConfigReload;
}
