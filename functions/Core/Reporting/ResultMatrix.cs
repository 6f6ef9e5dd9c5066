namespace Cki;

/// <summary>The result's cells in the order people read them, and as lines of text.</summary>
public static class ResultMatrix
{
    /// <summary>A job whose name holds no architecture.</summary>
    public const string NoArchitecture = "-";

    private static readonly string[] StageOrder = ["prepare", "merge", "build", "publish", "setup", "boot", "test", "kernel-results"];

    /// <summary>By architecture, then by stage in the order of CKI's pipelines; unknown stages keep the order of the pipeline.</summary>
    public static IReadOnlyList<ResultCell> Ordered(IReadOnlyList<ResultCell> cells) =>
        [.. cells.OrderBy(c => c.Architecture, StringComparer.Ordinal).ThenBy(c => Rank(cells, c.Stage))];

    /// <summary>All stages, in order.</summary>
    public static IReadOnlyList<string> Stages(IReadOnlyList<ResultCell> cells) =>
        [.. cells.Select(c => c.Stage).Distinct().OrderBy(s => Rank(cells, s))];

    public static IReadOnlyList<string> Architectures(IReadOnlyList<ResultCell> cells) =>
        [.. cells.Select(c => c.Architecture).Distinct().Order(StringComparer.Ordinal)];

    /// <summary><c>build 3/3  boot 4/4  test NOT RUN (no machine free for 26 h)</c>, one line per architecture, wrapped.</summary>
    public static void Write(MailLines lines, RunResult result)
    {
        if (result.Cells.Count == 0)
        {
            lines.Raw("  nothing    NOT RUN (no job has a result)");
            return;
        }
        int wide = Math.Max(8, result.Cells.Max(c => MailLines.Width(Name(c.Architecture)))) + 3;
        foreach (IGrouping<string, ResultCell> row in Ordered(result.Cells).GroupBy(c => c.Architecture))
        {
            string name = Name(row.Key);
            string indent = new(' ', wide);
            lines.Hang($"  {name}{new string(' ', wide - 2 - MailLines.Width(name))}", indent, Row([.. row]));
        }
    }

    private static string Name(string architecture) => architecture == NoArchitecture ? "any" : architecture;

    /// <summary>Neighbours that were not run for the same reason share it.</summary>
    private static string Row(IReadOnlyList<ResultCell> cells)
    {
        var parts = new List<string>();
        for (int i = 0; i < cells.Count; i++)
        {
            bool isShared = i + 1 < cells.Count && cells[i].Result == CellResult.NotRun && cells[i + 1].Result == CellResult.NotRun && cells[i].Why == cells[i + 1].Why;
            parts.Add(isShared ? $"{cells[i].Stage}," : Cell(cells[i]) + (i + 1 < cells.Count ? ";" : ""));
        }
        return string.Join(' ', parts);
    }

    private static string Cell(ResultCell cell)
    {
        string why = cell.Why is null ? "" : $" ({cell.Why})";
        string count = $"{cell.Stage} {cell.JobsPassed}/{cell.JobsTotal}";
        return cell.Result switch
        {
            CellResult.Pass => count,
            CellResult.NotRun => $"{cell.Stage} NOT RUN{why}",
            _ => $"{count} {cell.Result.ToString().ToUpperInvariant()}{why}",
        };
    }

    private static int Rank(IReadOnlyList<ResultCell> cells, string stage)
    {
        int known = Array.IndexOf(StageOrder, stage);
        if (known >= 0)
            return known;
        int place = 0;
        while (cells[place].Stage != stage)
            place++;
        return StageOrder.Length + place;
    }
}
