namespace Cki;

/// <summary>Gives lines their section, origin and command, keeps the windows, and passes script output to the evidence.</summary>
internal sealed class TraceLines
{
    private const int HeadLinesMax = 64;
    private const int TailLinesMax = 200;
    private readonly List<TraceLine> _head = [];
    private readonly Window _tail = new(TailLinesMax);
    private readonly Window _script = new(TailLinesMax);
    private readonly Window _runner = new(TailLinesMax);
    private readonly EvidenceCollector _evidence = new();
    private readonly BootWatch _boot = new();
    private TraceSection _section = TraceSection.Unknown;
    private TraceSection _work = TraceSection.Unknown;
    private bool _hasMarks;
    private bool? _uploadsForFailure;
    private int _command;
    private string? _lastCommand;
    private int _count;

    public void Add(int number, string text)
    {
        if (IsMark(text) || string.IsNullOrWhiteSpace(text))
            return;
        if (!_hasMarks && TraceSections.OfHeading(text) is { } heading)
            Enter(heading, text.EndsWith("for failed job", StringComparison.Ordinal), text.EndsWith("for successful job", StringComparison.Ordinal));
        LineOrigin origin = LineOrigins.Of(text, _section);
        bool inScript = _section is TraceSection.Unknown or TraceSection.Script;
        if (origin == LineOrigin.Command && inScript)
            (_command, _lastCommand) = (_command + 1, text[2..]);
        var line = new TraceLine(number, text, _section, origin, _command);
        _count++;
        Keep(line, inScript);
        if (inScript || _section == TraceSection.AfterScript)
            Observe(line);
    }

    public TraceReading End()
    {
        TraceEnd end = TraceEnd.Of([.. _script.Lines], [.. _runner.Lines], _work, _uploadsForFailure);
        return new TraceReading
        {
            LineCount = _count,
            Head = _head,
            Tail = [.. _tail.Lines],
            Evidence = _evidence.End(_command, _boot),
            End = end.End,
            Section = end.Section,
            Explaining = end.Explaining,
            Ending = end.Ending,
            LastCommand = _lastCommand,
            IsComplete = end.End != JobEnd.Unknown,
            TestsPassed = _evidence.TestsPassed,
            MissedTests = _evidence.MissedTests,
            NeverReachedKernel = _boot.NeverReachedKernel,
        };
    }

    private void Keep(TraceLine line, bool inScript)
    {
        if (_head.Count < HeadLinesMax)
            _head.Add(line);
        _tail.Add(line);
        if (inScript)
            _script.Add(line);
        if (!inScript || line.Origin == LineOrigin.Runner)
            _runner.Add(line);
    }

    private void Observe(TraceLine line)
    {
        if (line.Origin is LineOrigin.Runner or LineOrigin.Command)
            return;
        _boot.Observe(line);
        _evidence.Observe(line);
    }

    private bool IsMark(string text)
    {
        bool isStart = text.StartsWith("section_start:", StringComparison.Ordinal);
        if (!isStart && !text.StartsWith("section_end:", StringComparison.Ordinal))
            return false;
        string name = text[(text.LastIndexOf(':') + 1)..];
        name = name.Split('[')[0].Trim();
        if (!isStart || TraceSections.OfMark(name) is not { } section)
            return true;
        _hasMarks = true;
        Enter(section, name.EndsWith("on_failure", StringComparison.Ordinal), name.EndsWith("on_success", StringComparison.Ordinal));
        return true;
    }

    // Sections only go forward: a script that prints the runner's words does not send us back before itself.
    private void Enter(TraceSection section, bool isForFailure, bool isForSuccess)
    {
        if (section > _section)
            _section = section;
        if (section > _work && section <= TraceSection.Script)
            _work = section;
        if (section == TraceSection.Upload && (isForFailure || isForSuccess))
            _uploadsForFailure = isForFailure || _uploadsForFailure == true;
    }

    private sealed class Window(int most)
    {
        private readonly Queue<TraceLine> _lines = new();

        public IEnumerable<TraceLine> Lines => _lines;

        public void Add(TraceLine line)
        {
            if (_lines.Count == most)
                _lines.Dequeue();
            _lines.Enqueue(line with { Text = line.Text.Length > 2000 ? line.Text[..2000] : line.Text });
        }
    }
}
