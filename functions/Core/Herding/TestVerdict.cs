using System.Buffers;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>One test's own verdict as printed. <see cref="Passed"/> is null for skipped and expected failures.</summary>
internal sealed partial record TestVerdict(string Name, bool? Passed, bool TimedOut)
{
    /// <summary>Null for any other line.</summary>
    public static TestVerdict? Of(string text)
    {
        if (Tap().Match(text) is { Success: true } tap)
            return OfTap(tap);
        if (Ltp().Match(text) is { Success: true } ltp)
            return new TestVerdict(ltp.Groups["name"].Value, ltp.Groups["what"].Value == "PASS", TimedOut: false);
        // LAVA reports its own steps (definition lava) as test cases; those are the lab's.
        if (text.AsSpan().ContainsAny(FailureWords) && !text.Contains("definition: lava ", StringComparison.Ordinal) && Failure.Match(text) is { Success: true } failure)
            return new TestVerdict(failure.Groups["name"].Value, Passed: false, TimedOut: false);
        return null;
    }

    private static TestVerdict OfTap(Match tap)
    {
        string directive = tap.Groups["directive"].Value;
        string name = tap.Groups["name"].Value.Trim();
        bool timedOut = directive.StartsWith("TIMEOUT", StringComparison.OrdinalIgnoreCase);
        bool isNeutral = directive.StartsWith("SKIP", StringComparison.OrdinalIgnoreCase) || directive.StartsWith("TODO", StringComparison.OrdinalIgnoreCase)
            || directive.StartsWith("XFAIL", StringComparison.OrdinalIgnoreCase);
        return new TestVerdict(name, isNeutral ? null : !tap.Groups["not"].Success, timedOut);
    }

    // Nested KTAP is indented, kselftest's nested output is commented out.
    [GeneratedRegex(@"^(?:\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])?)?[\s#]*(?<not>not )?ok \d+(?: -)? ?(?<name>[^#]*)(?:# ?(?<directive>.*))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Tap();

    // memcg02: TFAIL: ..., memcg02.c:33: TFAIL: ..., memcg02    1  TFAIL  :  ...
    [GeneratedRegex(@"^(?:\[\s*\d+\.\d+\] )?(?<name>[A-Za-z0-9_.\-]+)(?::\d+)?(?:: |\s+\d+\s+)T(?<what>PASS|FAIL)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Ltp();

    private static readonly SearchValues<string> FailureWords =
        SearchValues.Create(["FAIL", "fail", "Fail", "CRASHED", "output mismatch", "_check_", "[not ok"], StringComparison.Ordinal);

    // xfstests and blktests, LAVA, Beaker and beakerlib, GoogleTest, kunit.py, pytest and unittest, prove, old kselftest, BPF selftests, perf, LTP's
    // and kirk's tables, stress-ng, tmt, torture tests. In linear time whatever the line.
    private static readonly Regex Failure = new(
        @"^(?<name>[a-z0-9]+/\d{3})\b.*(?:\[failed|output mismatch|_check_\w+: |\[not ok)|TEST_CASE_ID=(?<name>\S+) RESULT=fail\b|^:: \[[ \d:]+\] :: \[\s*FAIL\s+\] :: (?<name>.*)"
        + @"|^:: \[\s+FAIL\s+\] :: (?<name>.*)|^\[\s+FAILED\s+\] (?<name>\S+)|^(?:\[[\d:]{8}\] )?(?:=+ )?\[(?:FAILED|CRASHED)\] (?<name>\S.*)|^FAILED (?<name>\S+::\S+)|^FAIL: (?<name>test\S+)"
        + @"|^(?<name>\S+\.t) \.* *Failed \d+/\d+|^selftests: (?<name>.*) \[FAIL\]|^#\d+(?:/\d+)?\s+(?<name>\S.*):FAIL\b|^\s*\d+(?:\.\d+)?: (?<name>\S.*): FAILED!"
        + @"|^(?<name>[\w.\-]+)\s+FAIL\s+\d+\s*$|^(?<name>[\w.\-]+): fail\b.*\(\d+(?:\.\d+)?s\)|^stress-ng: fail:\s+\[\d+\] (?<name>[^:]+)|^\s{4,}fail (?<name>/\S+)"
        + @"|^Failures: (?<name>[a-z0-9]+/\d{3}.*)|^case: (?<name>\S+) \|.* \| result: fail|(?<name>\w+-torture): *--- End of test: FAILURE",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);
}

/// <summary>What the tests' summaries say.</summary>
internal sealed partial class TestTotals
{
    private int _passed;
    private int _failed;

    public string? Missed { get; private set; }

    /// <summary>Some tests ran and no summary counts a failure.</summary>
    public bool AllPassed => _passed > 0 && _failed == 0;

    public void Observe(string text)
    {
        if (!text.Contains("pass", StringComparison.OrdinalIgnoreCase))
        {
            if (Missed is null && MissedTests().IsMatch(text))
                Missed = text;
            else if (FailedOf().Match(text) is { Success: true } of)
                _failed += int.Parse(of.Groups["n"].ValueSpan);
            return;
        }
        if (Passes().Match(text) is { Success: true } pass)
            _passed += int.Parse(pass.Groups["n"].ValueSpan);
        if (Fails().Match(text) is { Success: true } fail)
            _failed += int.Parse(fail.Groups["n"].ValueSpan);
    }

    [GeneratedRegex(@"^\s*(?:# |Testing complete|Passed all |Summary|=+ ).*?\bpass(?:ed)?(?:: ?| )(?:all )?(?<n>\d{1,6})\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Passes();

    [GeneratedRegex(@"^\s*(?:# |Testing complete|Summary|=+ ).*?\bfail(?:ed)?(?:: ?| )(?<n>\d{1,6})\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Fails();

    [GeneratedRegex(@"^\s*(?:# fail |Failed )(?<n>\d{1,6})(?: of \d+ tests)?\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex FailedOf();

    [GeneratedRegex(@"\b0 tests executed|no machines matched|\bRan 0 tests|collected 0 items|\bno tests (?:were )?(?:run|ran|found|executed)|^1\.\.0\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex MissedTests();
}
