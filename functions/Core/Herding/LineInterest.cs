using System.Buffers;

namespace Cki;

/// <summary>
/// The short cut over ordinary lines: texts of which every line that matters to a reading holds one, looked for all at once in a whole block.
/// Their selectivity matters more than the engine: a text that occurs in ordinary output makes reading a hundred times slower.
/// </summary>
/// <remarks>Each set has at most 64 texts, so that the search of many texts at once stays vectorised.</remarks>
internal sealed class LineInterest
{
    private const int SetMax = 64;

    private static readonly string[] Structure =
    [
        "\n$ ", "section_start:", "section_end:", "*** ", "build stopped", "could not compile", "Bad exit status from", "failed to build: ", "(Exit ", "# pass", "# fail", "# PASS", "# FAIL",
        "pass:", "fail:", "Testing complete", "Passed all", "Summary", "== ", "\nFailed ", "tests executed", "no machines matched", "Ran 0 tests", "collected 0 items", "o tests ", "1..0",
        "\nok ", "not ok ", " ok ", "TPASS", "FAIL", " fail /", ": fail", "CRASHED", "output mismatch", "_check_", "[failed", "=fail", ": fail", "Failures: ", "Linux version ", "gave up after",
    ];

    private static readonly SearchValues<string>[] Sets = [.. All().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(SetMax)
        .Select(c => SearchValues.Create(c, StringComparison.Ordinal))];

    private readonly int[] _next = new int[Sets.Length];

    /// <summary>Begins a new text.</summary>
    public void Begin() => Array.Fill(_next, -1);

    /// <summary>Where the next text of interest begins, at <paramref name="from"/> or later; -1 where none does.</summary>
    public int Next(ReadOnlySpan<char> text, int from)
    {
        int first = int.MaxValue;
        for (int i = 0; i < Sets.Length; i++)
        {
            if (_next[i] < from)
            {
                int found = text[from..].IndexOfAny(Sets[i]);
                _next[i] = found < 0 ? int.MaxValue : from + found;
            }
            first = Math.Min(first, _next[i]);
        }
        return first == int.MaxValue ? -1 : first;
    }

    private static IEnumerable<string> All() =>
    [
        .. Structure, .. EvidencePatterns.AllLiterals, .. ProvokedReports.Provokers, .. EvidenceCollector.Dumps, .. BootWatch.Firmware, .. BootWatch.Handovers,
        .. LineOrigins.RunnerStarts, .. TraceSections.Headings,
    ];
}
