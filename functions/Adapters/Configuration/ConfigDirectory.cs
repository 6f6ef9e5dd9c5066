using System.Security.Cryptography;
using System.Text;

namespace Cki.Adapters;

/// <summary>The configuration files in one directory.</summary>
public static class ConfigDirectory
{
    private const int FileBytesMax = 1 << 20;
    private const int TenantFilesMax = 100;

    /// <summary>Reads and validates all of them. Never throws for what is in them or missing: every fault is an error with its place.</summary>
    public static ConfigReading Read(string directory)
    {
        var refused = new List<ConfigError>();
        (string hash, IReadOnlyList<ReadFile> files) = Files(directory, refused);
        return SuiteConfigReader.Read(files.ToDictionary(f => f.Name, f => f.Root), hash, refused);
    }

    /// <summary>What <c>cki config push</c> stores. Throws <see cref="ConfigRefusedException"/> with every error.</summary>
    public static ConfigBundle Bundle(string directory)
    {
        var refused = new List<ConfigError>();
        (string hash, IReadOnlyList<ReadFile> files) = Files(directory, refused);
        return SuiteConfigReader.Read(files.ToDictionary(f => f.Name, f => f.Root), hash, refused) is ConfigReading.Bad bad
            ? throw new ConfigRefusedException(bad.Errors)
            : new ConfigBundle(hash, [.. files.Select(f => ConfigBundleFile.Of(f.Name, f.Text, f.Root))]);
    }

    /// <summary>As <see cref="Read"/>; throws <see cref="ConfigRefusedException"/> with every error.</summary>
    public static SuiteConfig Load(string directory) => Read(directory) switch
    {
        ConfigReading.Good good => good.Config,
        ConfigReading.Bad bad => throw new ConfigRefusedException(bad.Errors),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static (string Hash, IReadOnlyList<ReadFile> Files) Files(string directory, List<ConfigError> refused)
    {
        var files = new List<ReadFile>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in SuiteConfig.FileNames.Concat(Optional(directory)).Concat(OfTenants(directory)).Order(StringComparer.Ordinal))
        {
            if (Bytes(directory, name, refused) is not { } bytes)
                continue;
            hash.AppendData(bytes);
            if (File(name, bytes, refused) is { } file)
                files.Add(file);
        }
        return (Convert.ToHexStringLower(hash.GetHashAndReset()), files);
    }

    private static IEnumerable<string> Optional(string directory) => SuiteConfig.OptionalFileNames.Where(name => System.IO.File.Exists(Path.Combine(directory, name)));

    private static string[] OfTenants(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory, SuiteConfig.TenantMatchers).Select(file => Path.GetFileName(file)).Take(TenantFilesMax)]
        : [];

    private static byte[]? Bytes(string directory, string name, List<ConfigError> refused)
    {
        var place = new ConfigPlace(name, 1, 1);
        try
        {
            var file = new FileInfo(Path.Combine(directory, name));
            if (!file.Exists)
                refused.Add(new ConfigError(place, "(file)", $"is missing in {directory}; one without entries says '{Path.GetFileNameWithoutExtension(name)}: []'"));
            else if (file.Length > FileBytesMax)
                refused.Add(new ConfigError(place, "(file)", $"is longer than {FileBytesMax >> 20} MiB"));
            else
                return System.IO.File.ReadAllBytes(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            refused.Add(new ConfigError(place, "(file)", $"cannot be read: {e.Message}"));
        }
        return null;
    }

    private static ReadFile? File(string name, byte[] bytes, List<ConfigError> refused)
    {
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            ConfigNode? node = YamlFile.Read(name, text.TrimStart('\uFEFF'), out IReadOnlyList<ConfigError> errors);
            refused.AddRange(errors);
            return node is null ? null : new ReadFile(name, text, node);
        }
        catch (DecoderFallbackException)
        {
            refused.Add(new ConfigError(new ConfigPlace(name, 1, 1), "(file)", "is not UTF-8"));
            return null;
        }
    }

    private sealed record ReadFile(string Name, string Text, ConfigNode Root);
}
