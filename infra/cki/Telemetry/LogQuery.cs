using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki.Tool.Telemetry;

/// <summary>Which lines somebody wants to see.</summary>
/// <param name="Since">Null: from the beginning of what is kept.</param>
internal sealed record LogQuery(DateTimeOffset? Since)
{
    private static readonly string[] s_deliveries = ["correlation_id", "delivery", "announced_by"];

    /// <summary>Lines about this run; its beginning is enough.</summary>
    public string? Run { get; init; }

    /// <summary>Lines of everything that this delivery, poll or tick caused.</summary>
    public string? Correlation { get; init; }

    /// <summary>Looked for in the whole line.</summary>
    public Regex? Grep { get; init; }

    /// <summary>Goes on with what is written from now on.</summary>
    public bool IsFollowing { get; init; }

    /// <summary>What each wanted line contains, where that can be said.</summary>
    public string? Phrase => Run ?? Correlation;

    public bool Wants(HumanLine line) =>
        (Since is null || line.Time >= Since)
        && (Run is null || line.Field("run_id") is { } run && run.StartsWith(Run, StringComparison.Ordinal))
        && (Correlation is null || s_deliveries.Any(key => line.Field(key) == Correlation))
        && (Grep is null || Grep.IsMatch(line.Format(text => text)));

    /// <summary>Throws <see cref="BadInputException"/> saying what is wrong.</summary>
    public static Regex Pattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"--grep {text}: {e.Message}");
        }
    }

    public static JsonObject ToJson(HumanLine line)
    {
        var json = new JsonObject { ["timestamp"] = line.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ"), ["level"] = line.Level, ["logger"] = line.Logger, ["message"] = line.Message };
        foreach ((string key, string value) in line.Fields)
            json[key] = value;
        return json;
    }
}
