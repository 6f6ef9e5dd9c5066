namespace Cki;

/// <summary>The subject alone says what, where and how it ended.</summary>
public static class ReportSubject
{
    private const int TitleMax = 60;
    private const int NamesMax = 3;

    /// <summary><c>[CKI] PASS mainline/master 4f1a9c02e7d1</c>, <c>[CKI] FAIL build arm64: net-next/main 7c2e11d0a9b3 (foo: add bar)</c>.</summary>
    public static string Of(ReportModel model)
    {
        string what = $"[CKI] {ReportWords.Of(model.Result.Verdict)}";
        string where = $"{SafeText.Line(model.Place, 80)} {model.Sha.Short}";
        return model.Result.Verdict switch
        {
            Verdict.Passed => $"{what} {where}{NotRun(model.Result)}",
            Verdict.Failed => $"{what}{Failing(model.Result)}: {where}{Title(model)}",
            _ => $"{what} {where}{Title(model)}",
        };
    }

    private static string Title(ReportModel model) => model.Title is null ? "" : $" ({SafeText.Line(model.Title, TitleMax)})";

    /// <summary>A pass with holes says so where it is read first.</summary>
    private static string NotRun(RunResult result)
    {
        List<IGrouping<string, ResultCell>> holes = [.. ResultMatrix.Ordered(result.Cells).Where(c => c.Result == CellResult.NotRun).GroupBy(c => c.Architecture)];
        if (holes.Count == 0)
            return "";
        if (holes.Count > NamesMax)
            return $", {holes.Count} architectures not fully run";
        IEnumerable<string> named = holes.Select(h => $"{Architecture(h.Key)}{string.Join("+", h.Select(c => c.Stage))}");
        return $", {string.Join(", ", named)} not run";
    }

    private static string Failing(RunResult result)
    {
        List<IGrouping<string, ResultCell>> stages = [.. ResultMatrix.Ordered(result.Cells).Where(c => c.Result == CellResult.Fail).GroupBy(c => c.Stage)];
        if (stages.Count == 0)
            return "";
        return " " + string.Join(", ", stages.Select(Failing));
    }

    private static string Failing(IGrouping<string, ResultCell> stage)
    {
        string[] named = [.. stage.Select(c => c.Architecture).Where(a => a != ResultMatrix.NoArchitecture).Distinct()];
        if (named.Length == 0)
            return stage.Key;
        return named.Length > NamesMax ? $"{stage.Key} on {named.Length} architectures" : $"{stage.Key} {string.Join(" ", named)}";
    }

    private static string Architecture(string name) => name == ResultMatrix.NoArchitecture ? "" : $"{name} ";
}
