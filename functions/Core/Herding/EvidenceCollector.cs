using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Collects what a script's output says about the commit, under the reading rules of herding.md, in bounded memory.</summary>
internal sealed partial class EvidenceCollector
{
    private const int FoundMax = 200;
    private const int PendingMax = 40;
    private const int QuoteCharactersMax = 400;
    private const int DumpLinesMax = 60;

    internal static readonly string[] Dumps =
        ["invoked oom-killer", "page allocation failure", "FAULT_INJECTION: forcing", "sysrq: Show", "SysRq : Show", "Sending NMI from CPU"];

    private readonly List<(Evidence Evidence, EvidenceKind Kind, int Command)> _found = [];
    private readonly List<(Evidence Evidence, int Command)> _builds = [];
    private readonly TestTotals _totals = new();
    private readonly ProvokedReports _reports;
    private int _command;
    private bool _testFailed;
    private int _lastDump;

    public EvidenceCollector() => _reports = new ProvokedReports(e => Add(e, EvidenceKind.Kernel, _command));

    public bool TestsPassed => _totals.AllPassed && !_testFailed;

    public string? MissedTests => _totals.Missed;

    public void Observe(TraceLine line)
    {
        _command = line.Command;
        _totals.Observe(line.Text);
        _reports.Observe(line.Text);
        if (Dumps.Any(d => line.Text.Contains(d, StringComparison.Ordinal)))
            _lastDump = line.Number;
        if (line.Origin is LineOrigin.Test or LineOrigin.Kernel && TestVerdict.Of(line.Text) is { } verdict)
        {
            Judge(line, verdict);
            return;
        }
        if (MakeEnded().Match(line.Text) is { Success: true } make)
            EndBuild(line, make);
        if (EvidencePatterns.Find(line.Text) is { } pattern)
            Sort(line, pattern);
    }

    /// <param name="lastCommand">What an earlier command said about a build was survived: weak at most.</param>
    public IReadOnlyList<Evidence> End(int lastCommand, BootWatch boot)
    {
        _reports.End();
        foreach ((Evidence evidence, int command) in _builds.Where(b => b.Command == lastCommand && b.Evidence.Strength == EvidenceStrength.Host))
            Add(evidence, EvidenceKind.Plain, command);
        if (boot.Silence is { } silence)
            Add(new Evidence("silence after start", EvidenceStrength.Weak, Quote(silence.Text), silence.Number), EvidenceKind.Plain, lastCommand);
        return [.. _found.Select(f => Weighed(f, lastCommand)).OfType<Evidence>().OrderBy(e => e.LineNumber)];
    }

    private static Evidence? Weighed((Evidence Evidence, EvidenceKind Kind, int Command) found, int lastCommand)
    {
        if (found.Command == lastCommand)
            return found.Evidence;
        return found switch
        {
            { Evidence.Strength: EvidenceStrength.Configuration } => null,
            { Kind: EvidenceKind.Build } => found.Evidence with { Strength = EvidenceStrength.Weak },
            _ => found.Evidence,
        };
    }

    private void Judge(TraceLine line, TestVerdict verdict)
    {
        _reports.Verdict(verdict);
        if (verdict.Passed != false)
            return;
        _testFailed = true;
        EvidenceStrength strength = verdict.TimedOut ? EvidenceStrength.Weak : EvidenceStrength.Strong;
        Add(new Evidence(verdict.TimedOut ? "test timed out" : "test failed", strength, Quote(line.Text), line.Number), EvidenceKind.Plain, line.Command);
    }

    private void Sort(TraceLine line, EvidencePattern pattern)
    {
        var evidence = new Evidence(pattern.Name, pattern.Strength, Quote(line.Text), line.Number);
        switch (pattern.Kind)
        {
            case EvidenceKind.Kernel when IsQuotedElsewhere(line):
                break;
            case EvidenceKind.Kernel:
                _reports.Hold(IsDumpAskedFor(line, pattern) ? evidence with { Strength = EvidenceStrength.Expected } : evidence);
                break;
            case EvidenceKind.Build when !FeatureProbes.Is(line.Text):
                if (_builds.Count < PendingMax)
                    _builds.Add((evidence, line.Command));
                // Some errors are printed by make itself, on the line it ends with.
                if (MakeEnded().IsMatch(line.Text))
                    CommitBuilds();
                break;
            case EvidenceKind.Plain when line.Origin != LineOrigin.Test || pattern.Strength == EvidenceStrength.Weak:
                Add(evidence, EvidenceKind.Plain, line.Command);
                break;
            default:
                break;
        }
    }

    // git show and git log indent a commit's message, which may hold another kernel's report.
    private static bool IsQuotedElsewhere(TraceLine line) => line.Origin != LineOrigin.Kernel && line.Text.StartsWith("    ", StringComparison.Ordinal);

    // The OOM killer and others print a call trace that names nobody.
    private bool IsDumpAskedFor(TraceLine line, EvidencePattern pattern) =>
        pattern.Name == "unnamed kernel trouble" && _lastDump > 0 && line.Number - _lastDump < DumpLinesMax;

    // A compiler's error is the build's only once make ended on it; a feature probe's error is expected and make goes on.
    private void EndBuild(TraceLine line, Match make)
    {
        if (_builds.Count > 0)
            CommitBuilds();
        else if (KernelTarget().IsMatch(make.Groups["target"].Value) && !_found.Exists(f => f.Kind == EvidenceKind.Build))
            Add(new Evidence("make stopped", EvidenceStrength.Weak, Quote(line.Text), line.Number), EvidenceKind.Build, line.Command);
    }

    private void CommitBuilds()
    {
        foreach ((Evidence evidence, int command) in _builds)
            Add(evidence, EvidenceKind.Build, command);
        _builds.Clear();
    }

    private void Add(Evidence evidence, EvidenceKind kind, int command)
    {
        if (_found.Count < FoundMax)
            _found.Add((evidence, kind, command));
        else if (evidence.Strength == EvidenceStrength.Strong && _found.FindLastIndex(f => f.Evidence.Strength != EvidenceStrength.Strong) is var at and >= 0)
            _found[at] = (evidence, kind, command);
    }

    private static string Quote(string text)
    {
        string trimmed = text.Trim();
        return trimmed.Length <= QuoteCharactersMax ? trimmed : trimmed[..QuoteCharactersMax];
    }

    [GeneratedRegex(
        @"^(?:g?make(?:\[\d+\])?: \*\*\* (?:\[(?<target>[^\]]*)\] (?:Error \d+ *$|Terminated|Killed|Segmentation fault|Aborted|Bus error)|No rule to make target|.*Stop\.|Deleting file)|ninja: build stopped|error: could not compile|"
        + @"error: Bad exit status from |.*failed to build: |ERROR: .* failed: \(Exit \d+\))",
        RegexOptions.ExplicitCapture)]
    private static partial Regex MakeEnded();

    [GeneratedRegex(@"\.(?:o|ko|a|so|dtb|dtbo|mod|lds|s|i|lst|dbg|order)$|vmlinux|modpost|Image|vdso|(?:^|[ /])(?:fs|drivers|kernel|net|mm|lib|arch|sound|security|block|crypto|init|ipc|io_uring|rust|virt)(?:/|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex KernelTarget();
}
