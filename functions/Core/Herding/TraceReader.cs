namespace Cki;

/// <summary>
/// Reads a job's trace as it streams in: feed it chunks, then ask for the reading. Memory is bounded (head and tail windows, findings in
/// between), time is linear in the trace, and any bytes are taken: 1 MB lines, NUL, invalid UTF-8, escape sequences, carriage returns,
/// section marks, the runner's time prefix with its continuations.
/// </summary>
public sealed class TraceReader
{
    /// <summary>Bytes of one line that are looked at; the rest of it is passed over.</summary>
    public const int LineBytesMax = 16 * 1024;

    private readonly byte[] _line = new byte[LineBytesMax];
    private readonly TraceLines _lines = new();
    private int _length;
    private string? _pending;
    private int _pendingNumber;
    private int _number = 1;

    public void Feed(ReadOnlySpan<byte> chunk)
    {
        while (!chunk.IsEmpty)
        {
            int end = chunk.IndexOfAny((byte)'\n', (byte)'\r');
            ReadOnlySpan<byte> part = end < 0 ? chunk : chunk[..end];
            int taken = Math.Min(part.Length, LineBytesMax - _length);
            part[..taken].CopyTo(_line.AsSpan(_length));
            _length += taken;
            if (end < 0)
                return;
            bool isWhole = chunk[end] == '\n';
            EndLine(isWhole);
            if (isWhole)
                _number++;
            chunk = chunk[(end + 1)..];
        }
    }

    /// <summary>Call once, after the last chunk.</summary>
    public TraceReading End()
    {
        EndLine(isWhole: true);
        FlushPending();
        return _lines.End();
    }

    public static TraceReading Read(ReadOnlySpan<byte> trace)
    {
        var reader = new TraceReader();
        reader.Feed(trace);
        return reader.End();
    }

    private void EndLine(bool isWhole)
    {
        ReadOnlySpan<byte> raw = _line.AsSpan(0, _length);
        _length = 0;
        if (raw.IsEmpty)
            return;
        int prefix = LineText.RunnerPrefix(raw, out bool continues);
        string text = LineText.Clean(raw[prefix..]);
        if (prefix == 0)
        {
            FlushPending();
            _lines.Add(_number, text);
            return;
        }
        if (continues && _pending is not null && _pending.Length < LineText.CharactersMax)
        {
            _pending += text;
            return;
        }
        FlushPending();
        (_pending, _pendingNumber) = (text, _number);
        // A carriage return ends a part: a section mark, or what a progress bar overwrites.
        if (!isWhole)
            FlushPending();
    }

    // With time prefixes a line is known to have ended only when the next one does not continue it.
    private void FlushPending()
    {
        if (_pending is null)
            return;
        _lines.Add(_pendingNumber, _pending);
        _pending = null;
    }
}
