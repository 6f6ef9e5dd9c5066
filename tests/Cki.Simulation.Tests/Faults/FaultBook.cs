using System.Globalization;
using System.Text.RegularExpressions;

namespace Cki.Simulation.Tests;

/// <summary>A row of infra/faults.md.</summary>
/// <param name="Metrics">As Prometheus has them, with the tags that matter: <c>cki_api_calls{outcome="5xx"}</c>.</param>
/// <param name="Signs">Notices (<c>poll-*</c>), alarms of template.yaml (<c>SpillAlarm</c>) and rules of Prometheus (<c>CkiDeadLetters</c>).</param>
/// <param name="Ends">From the mending to the end of all signs.</param>
/// <param name="Tests">Further tests and worlds.</param>
public sealed record FaultRow(string Fault, IReadOnlyList<string> Metrics, IReadOnlyList<FaultSign> Signs, TimeSpan Ends, IReadOnlyList<string> Tests)
{
    public IEnumerable<FaultSign> Notices => Signs.Where(sign => !sign.IsAlarm && !sign.IsRule && !sign.IsPage);
}

/// <summary>What tells of a fault.</summary>
/// <param name="Within">From the fault; null: nobody can say so before it is mended.</param>
public sealed record FaultSign(string Name, TimeSpan? Within)
{
    public bool IsAlarm => Name.EndsWith("Alarm", StringComparison.Ordinal);

    public bool IsRule => Name.StartsWith("Cki", StringComparison.Ordinal);

    /// <summary>An address of <c>cki up</c>, which other tests ask.</summary>
    public bool IsPage => Name.StartsWith('/');

    /// <summary>Whether this notice's key is meant.</summary>
    public bool IsOf(string key) => Name.EndsWith('*') ? key.StartsWith(Name[..^1], StringComparison.Ordinal) : key == Name;
}

/// <summary>infra/faults.md, so that what is written and what is shown cannot differ.</summary>
public static partial class FaultBook
{
    private const int Columns = 6;

    /// <exception cref="FormatException">A row has other columns, or no time where one is due.</exception>
    public static IReadOnlyList<FaultRow> Load(string path) =>
        [.. File.ReadAllLines(path).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => Row(line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)))];

    private static FaultRow Row(string[] cells)
    {
        if (cells.Length != Columns)
            throw new FormatException($"{cells[0]} has {cells.Length} columns");
        TimeSpan ends = Time(cells[3]) ?? throw new FormatException($"{cells[0]}: '{cells[3]}' is no time");
        return new FaultRow(
            cells[0], Quoted(cells[1]), [.. Signs().Matches(cells[2]).Select(sign => new FaultSign(sign.Groups[1].Value, Time(sign.Groups[2].Value)))], ends, Quoted(cells[5]));
    }

    private static string[] Quoted(string cell) => [.. Quotes().Matches(cell).Select(match => match.Groups[1].Value)];

    private static TimeSpan? Time(string text) => Times().Match(text) is { Success: true } time
        ? double.Parse(time.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * (time.Groups[2].Value == "h" ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1))
        : null;

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quotes();

    [GeneratedRegex("`([^`]+)`( [0-9.]+ (?:min|h)\\b)?")]
    private static partial Regex Signs();

    [GeneratedRegex("^ ?([0-9.]+) (min|h)\\b")]
    private static partial Regex Times();
}
