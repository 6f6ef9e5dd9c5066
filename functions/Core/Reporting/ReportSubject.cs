namespace Cki;

/// <summary>The subject alone says what, where and how it ended, and whether it is new or was known.</summary>
public static class ReportSubject
{
    private const int TitleMax = 60;
    private const int NamesMax = 3;

    /// <summary>
    /// <c>[CKI] PASS mainline/master 4f1a9c02e7d1</c>, <c>[CKI] NEW FAIL build arm64: net-next/main 7c2e11d0a9b3 (foo: add bar)</c>,
    /// <c>[CKI] KNOWN FAIL boot ppc64le: stable/6.6.y a81b33e90c11</c>, <c>[CKI] CORRECTION PASS, not FAIL test x86_64: ...</c>.
    /// </summary>
    public static string Of(ReportModel model)
    {
        string where = $"{SafeText.Line(model.Place, 80)} {model.Sha.Short}";
        if (model.Correction is { } correction)
            return $"[CKI] CORRECTION {Corrected(correction, model.Result)}: {where}{Title(model)}";
        string what = $"[CKI] {What(model.Result)}";
        return model.Result switch
        {
            { Verdict: Verdict.Passed, Known.Count: 0 } => $"{what} {where}{NotRun(model.Result)}",
            { Verdict: Verdict.Passed } => $"{what}: {where}{NotRun(model.Result)}",
            { Verdict: Verdict.Failed } => $"{what}: {where}{Title(model)}{(model.Phase == ReportPhase.Early ? "" : NotRun(model.Result))}",
            _ => $"{what} {where}{Title(model)}",
        };
    }

    /// <summary>Without the place: <c>PASS</c>, <c>NEW FAIL build arm64</c>. It is new only where the parent was compared for each of the failures.</summary>
    public static string What(RunResult result) => result switch
    {
        { Verdict: Verdict.Passed, Known.Count: > 0 } => $"KNOWN FAIL{Failing([.. result.Known.Select(k => (k.Architecture ?? ResultMatrix.NoArchitecture, k.Stage))])}",
        { Verdict: Verdict.Failed } => $"{(IsNew(result) ? "NEW FAIL" : "FAIL")}{Failing([.. ResultMatrix.Ordered(result.Cells).Where(c => c.Result == CellResult.Fail).Select(c => (c.Architecture, c.Stage))])}",
        _ => ReportWords.Of(result.Verdict),
    };

    /// <summary>Each failure's job passes on the parent.</summary>
    public static bool IsNew(RunResult result) => result.Failures.Count > 0 && result.Failures.All(f => f.Parent?.Result == ParentResult.Passed);

    /// <summary><c>, s390x boot+test not run</c>; empty where nothing is missing but what a failure explains.</summary>
    public static string NotRun(RunResult result)
    {
        HashSet<string> failing = [.. result.Cells.Where(c => c.Result == CellResult.Fail).Select(c => c.Architecture)];
        List<IGrouping<string, ResultCell>> holes =
            [.. ResultMatrix.Ordered(result.Cells).Where(c => c.Result == CellResult.NotRun && !failing.Contains(c.Architecture)).GroupBy(c => c.Architecture)];
        if (holes.Count == 0)
            return "";
        if (holes.Count > NamesMax)
            return $", {holes.Count} architectures not fully run";
        IEnumerable<string> named = holes.Select(h => $"{Architecture(h.Key)}{string.Join("+", h.Select(c => c.Stage))}");
        return $", {string.Join(", ", named)} not run";
    }

    private static string Corrected(Correction correction, RunResult result) =>
        (correction.IsPartial, correction.IsWithdrawn, ReportRoute.IsForDevelopers(result.Verdict)) switch
        {
            (true, _, var hasVerdict) => $"{(hasVerdict ? What(result) : "no verdict")}, {correction.Changed}",
            (_, false, _) => $"{correction.Was} only SOMETIMES",
            (_, _, true) => $"{What(result)}, not {correction.Was}",
            _ => $"withdrawn, no verdict: not {correction.Was}",
        };

    private static string Title(ReportModel model) => model.Title is null ? "" : $" ({SafeText.Line(model.Title, TitleMax)})";

    private static string Failing(IReadOnlyList<(string Architecture, string Stage)> cells)
    {
        string[] stages = [.. cells.GroupBy(c => c.Stage).Select(s => Failing(s.Key, [.. s.Select(c => c.Architecture)]))];
        return stages.Length == 0 ? "" : $" {string.Join(", ", stages)}";
    }

    private static string Failing(string stage, IReadOnlyList<string> architectures)
    {
        string[] named = [.. architectures.Where(a => a != ResultMatrix.NoArchitecture).Distinct()];
        if (named.Length == 0)
            return stage;
        return named.Length > NamesMax ? $"{stage} on {named.Length} architectures" : $"{stage} {string.Join(" ", named)}";
    }

    private static string Architecture(string name) => name == ResultMatrix.NoArchitecture ? "" : $"{name} ";
}
