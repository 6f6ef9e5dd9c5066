using System.Text.RegularExpressions;
using Cki.Simulation.Tests;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ComponentRooms;

/// <summary>infra/faults.md: a row per fault, held against notices, metrics, alarms and tests that exist.</summary>
public sealed partial class FaultTable
{
    private static readonly string[][] s_rows =
    [
        .. File.ReadAllLines(Path.Combine(Checkout.Root, "infra", "faults.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries)),
    ];

    [Fact]
    public void Every_fault_of_the_list_has_a_row() => Assert.Equal(
        [
            "GitLab down", "token expired", "hook disabled", "SQS refusing", "S3 refusing", "SMTP down", "poison message", "bad configuration push", "Watch not running", "clock skewed",
            "disk full in cki up", "runner starvation", "dead letters", "stale NFS",
        ],
        s_rows.Select(row => row[0]));

    [Fact]
    public void Whatever_a_row_names_exists()
    {
        var missing = new List<string>();
        foreach (string[] row in s_rows)
        {
            Assert.True(row.Length == 6, $"{row[0]} has {row.Length} columns");
            missing.AddRange(Quoted(row[1]).Where(word => !Exists(word)).Select(word => $"{row[0]}: {word}"));
            Assert.True(Quoted(row[5]).Any(), $"{row[0]} has no test");
            missing.AddRange(Quoted(row[5]).Where(test => !Code.IsTested(test) && !IsWorld(test)).Select(test => $"{row[0]}: no test {test}"));
        }
        Assert.Empty(missing);
    }

    private static bool Exists(string word) => word.StartsWith('/') || (word.StartsWith("cki_", StringComparison.Ordinal) ? Code.Measures(word)
        : word.EndsWith("Alarm", StringComparison.Ordinal) ? Code.Alarms(word) : Code.Tells(word));

    private static bool IsWorld(string test) => test.StartsWith("away:", StringComparison.Ordinal)
        && ComponentBook.Load(Path.Combine(Checkout.Root, "infra", "config", "components.yaml")).Any(c => $"away:{c.Name}" == test && c.ShownBy.Count == 0);

    private static IEnumerable<string> Quoted(string cell) => Quotes().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quotes();
}
