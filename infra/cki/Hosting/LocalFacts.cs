using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary>
/// How <c>cki up</c> was last started on a data directory, so that verbs need not be told again: <c>installation.json</c> in it.
/// </summary>
internal sealed record LocalFacts
{
    private const string FileName = "installation.json";

    /// <summary>Directory of the configuration files, absolute.</summary>
    public string? Config { get; init; }

    /// <summary>Directory with a file per secret, absolute; null: environment only.</summary>
    public string? Secrets { get; init; }

    /// <summary>How the outside reaches the front door.</summary>
    public Uri? Url { get; init; }

    public static LocalFacts In(string directory)
    {
        string file = Path.Combine(directory, FileName);
        if (!File.Exists(file))
            return new LocalFacts();
        try
        {
            JsonNode? read = JsonNode.Parse(File.ReadAllText(file));
            return new LocalFacts
            {
                Config = (string?)read?["config"], Secrets = (string?)read?["secrets"],
                Url = (string?)read?["url"] is { } url ? new Uri(url) : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or UriFormatException)
        {
            throw new BadInputException($"{file} cannot be read ({e.Message}): start cki up once, or remove it");
        }
    }

    public static LocalFacts Of(SuiteOptions options) => new()
    {
        Config = Path.GetFullPath(options.Config),
        Secrets = options.Secrets is { } secrets ? Path.GetFullPath(secrets) : null,
        Url = options.PublicUrl,
    };

    public void WriteTo(string directory)
    {
        var json = new JsonObject { ["config"] = Config, ["secrets"] = Secrets, ["url"] = Url?.ToString() };
        string file = Path.Combine(directory, FileName);
        // A reader sees the old one or the new one.
        File.WriteAllText(file + ".new", json.ToJsonString());
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>These, and what they leave open from <paramref name="other"/>.</summary>
    public LocalFacts Over(LocalFacts other) => new() { Config = Config ?? other.Config, Secrets = Secrets ?? other.Secrets, Url = Url ?? other.Url };
}
