namespace Cki;

/// <summary>
/// Tells a kernel's reports that a test provoked on purpose (lkdtm, KASAN KUnit and the like, whose test then says <c>ok</c>) from findings.
/// Reports are held as a group until the next test's verdict.
/// </summary>
internal sealed class ProvokedReports(Action<Evidence> found)
{
    private const int HeldMax = 64;

    internal static readonly string[] Provokers =
    [
        "lkdtm", "LKDTM", "[kasan_test]", "[kfence_test]", "[kmsan_test]", "[kcsan_test]", "kunit_test_", "test_ubsan", "[ubsan_test]",
        "Trigger a crash", "# Subtest: kasan", "# Subtest: kfence", "# Subtest: kcsan", "# Subtest: kmsan", "# Subtest: slub_test",
    ];

    private static readonly string[] Suites = ["lkdtm", "kasan", "kfence", "kmsan", "kcsan", "ubsan", "fortify", "usercopy"];

    private readonly List<Evidence> _group = [];
    private readonly List<Evidence> _okOfUnknownSuite = [];
    private bool _isProvoked;

    /// <summary>Every line of the script passes here.</summary>
    public void Observe(string text)
    {
        if (!_isProvoked && Provokers.Any(p => text.Contains(p, StringComparison.Ordinal)))
            _isProvoked = true;
        if (_okOfUnknownSuite.Count > 0 && IsSuiteSummary(text))
            Release(_okOfUnknownSuite, EvidenceStrength.Expected);
    }

    public void Hold(Evidence report)
    {
        if (_group.Count < HeldMax)
            _group.Add(report);
    }

    public void Verdict(TestVerdict verdict)
    {
        bool isOwn = _isProvoked || (verdict.Name.Length > 5 && _group.Exists(e => e.Line.Contains(LastWord(verdict.Name), StringComparison.Ordinal)));
        if (isOwn && verdict.Passed != null)
            Release(_group, EvidenceStrength.Expected);
        else if (verdict.Passed == true && _group.TrueForAll(IsSanitizer))
            Move();
        else
            Release(_group, null);
        _isProvoked = false;
    }

    /// <summary>No verdict follows: a provoking test that never came back may have met a real bug, so its report is weak.</summary>
    public void End()
    {
        Release(_okOfUnknownSuite, null);
        Release(_group, _isProvoked ? EvidenceStrength.Weak : null);
    }

    private static bool IsSanitizer(Evidence report) => report.Name is "KASAN" or "KFENCE" or "KMSAN" or "KCSAN" or "UBSAN";

    // # kasan: pass:61 fail:0 skip:2 total:63
    private static bool IsSuiteSummary(string text) =>
        text.Contains("pass:", StringComparison.Ordinal) && Suites.Any(s => text.Contains(s, StringComparison.Ordinal));

    private static string LastWord(string name) => name[(name.LastIndexOfAny([' ', ':', '/']) + 1)..] is { Length: > 5 } word ? word : name;

    private void Move()
    {
        _okOfUnknownSuite.AddRange(_group.Take(HeldMax - Math.Min(HeldMax, _okOfUnknownSuite.Count)));
        _group.Clear();
    }

    private void Release(List<Evidence> held, EvidenceStrength? strength)
    {
        foreach (Evidence report in held)
            found(strength is null || report.Strength is EvidenceStrength.Host or EvidenceStrength.Expected ? report : report with { Strength = strength.Value });
        held.Clear();
    }
}
