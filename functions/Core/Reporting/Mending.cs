namespace Cki;

/// <summary>What failed before this commit and fails no more.</summary>
public static class Mending
{
    private const int NamesMax = 3;

    /// <summary><c>the build failure of 9d1c0aa3b1f2 (x86_64) is gone</c>; null: nothing that failed before is known to pass now.</summary>
    /// <param name="before">The result of the head before; null: not tested.</param>
    public static string? Of(CommitSha previous, RunResult? before, RunResult now)
    {
        IEnumerable<ResultCell> mended = (before?.Cells ?? [])
            .Where(was => was.Result is CellResult.Fail or CellResult.Known)
            .Where(was => now.Cells.Any(c => c.Architecture == was.Architecture && c.Stage == was.Stage && c.Result == CellResult.Pass && c.JobsPassed == c.JobsTotal));
        string[] told =
        [
            .. mended.GroupBy(c => c.Stage).Take(NamesMax)
                .Select(stage => $"the {SafeText.Line(stage.Key, 30)} failure of {previous.Short}{Where([.. stage.Select(c => c.Architecture)])} is gone"),
        ];
        return told.Length == 0 ? null : string.Join("; ", told);
    }

    private static string Where(string[] architectures) =>
        architectures is ["-"] ? "" : $" ({string.Join(", ", architectures.Select(a => a == ResultMatrix.NoArchitecture ? "others" : SafeText.Line(a, 20)))})";
}
