namespace Cki;

/// <summary>Gives lines their section, origin and command, keeps the windows, and passes script output to the evidence.</summary>
internal sealed class TraceLines(bool looksAtEveryLine)
{
    private const int HeadLinesMax = 64;
    private const int TailLinesMax = 200;
    private readonly List<TraceLine> _head = [];
    private readonly LineWindow _tail = new(TailLinesMax);
    private readonly LineWindow _script = new(TailLinesMax);
    private readonly LineWindow _runner = new(TailLinesMax);
    private readonly LineInterest _interest = new();
    private readonly EvidenceCollector _evidence = new();
    private readonly BootWatch _boot = new();
    private TraceSection _section = TraceSection.Unknown;
    private TraceSection _work = TraceSection.Unknown;
    private bool _hasMarks;
    private bool? _uploadsForFailure;
    private int _command;
    private string? _lastCommand;
    private int _number = 1;
    private int _count;

    private bool InScript => _section is TraceSection.Unknown or TraceSection.Script;

    // The first lines are kept, and a machine that just left its firmware is listened to.
    private bool LooksAtAll => looksAtEveryLine || _head.Count < HeadLinesMax || _boot.IsListening;

    /// <summary>Whole lines, after a line end of their own: see <see cref="TraceText"/>.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        _interest.Begin();
        int at = 1;
        while (at < text.Length)
        {
            int from = at;
            if (!LooksAtAll)
            {
                int hit = _interest.Next(text, at - 1);
                from = hit < 0 ? text.Length : hit < at ? at : text[hit] is '\n' ? hit + 1 : text[..hit].LastIndexOfAny('\n', '\r') + 1;
            }
            if (from > at)
                PassOver(text[at..from]);
            if (from >= text.Length)
                return;
            int length = text[from..].IndexOfAny('\n', '\r');
            ReadOnlySpan<char> line = text.Slice(from, length < 0 ? text.Length - from : length);
            Add(_number, line[..Math.Min(line.Length, LineText.CharactersMax)].ToString());
            at = from + line.Length + 1;
            if (length >= 0 && text[at - 1] == '\n')
                _number++;
        }
    }

    /// <summary>Parts of a line that has not ended yet.</summary>
    public void AddParts(ReadOnlySpan<char> text) => Add(text[..^1]);

    // Ordinary lines, from the beginning of one to the end of one: only the last ones can still be in a window.
    private void PassOver(ReadOnlySpan<char> run)
    {
        bool hasWords = run.ContainsAnyExcept(' ', '\n', '\r');
        int lines = run.Count('\n');
        int start = run.Length;
        for (int kept = 0; kept < TailLinesMax && start > 0; kept++)
            start = run[..(start - 1)].LastIndexOfAny('\n', '\r') + 1;
        int number = _number + run[..start].Count('\n');
        _number += lines;
        if (hasWords)
            _count += Math.Max(1, lines);
        ReadOnlySpan<char> last = run[start..];
        while (!last.IsEmpty)
        {
            int end = last.IndexOfAny('\n', '\r');
            ReadOnlySpan<char> line = end < 0 ? last : last[..end];
            if (line.ContainsAnyExcept(' '))
                Keep(number, line, isRunners: false);
            number += end >= 0 && last[end] == '\n' ? 1 : 0;
            last = end < 0 ? [] : last[(end + 1)..];
        }
    }

    private void Add(int number, string text)
    {
        if (IsMark(text) || string.IsNullOrWhiteSpace(text))
            return;
        if (!_hasMarks && TraceSections.OfHeading(text) is { } heading)
            Enter(heading, text.EndsWith("for failed job", StringComparison.Ordinal), text.EndsWith("for successful job", StringComparison.Ordinal));
        LineOrigin origin = LineOrigins.Of(text, _section);
        if (origin == LineOrigin.Command && InScript)
            (_command, _lastCommand) = (_command + 1, text[2..]);
        var line = new TraceLine(number, text, _section, origin, _command);
        _count++;
        if (_head.Count < HeadLinesMax)
            _head.Add(line);
        Keep(number, text, origin == LineOrigin.Runner);
        if (InScript || _section == TraceSection.AfterScript)
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

    private void Keep(int number, ReadOnlySpan<char> text, bool isRunners)
    {
        _tail.Add(number, text, _section, _command);
        if (InScript)
            _script.Add(number, text, _section, _command);
        if (!InScript || isRunners)
            _runner.Add(number, text, _section, _command);
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
}
