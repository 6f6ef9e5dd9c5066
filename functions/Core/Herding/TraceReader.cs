namespace Cki;

/// <summary>
/// Reads a job's trace as it streams in: feed it chunks, then ask for the reading. Memory is bounded (one block, head and tail windows, findings in
/// between), time is linear in the trace, and any bytes are taken: 1 MB lines, NUL, invalid UTF-8, escape sequences, carriage returns,
/// section marks, the runner's time prefix with its continuations.
/// </summary>
public sealed class TraceReader
{
    /// <summary>A line may be this long and is read whole; a longer one keeps its first <see cref="LineBytesMax"/> bytes.</summary>
    private const int BlockBytes = 128 * 1024;

    /// <summary>Bytes of an endless line that are looked at; the rest of it is passed over.</summary>
    public const int LineBytesMax = 16 * 1024;

    private readonly byte[] _block = new byte[BlockBytes];
    private readonly TraceText _text = new(BlockBytes);
    private readonly TraceLines _lines;
    private int _length;
    private bool _isPassingOver;

    public TraceReader()
        : this(looksAtEveryLine: false)
    {
    }

    private TraceReader(bool looksAtEveryLine) => _lines = new TraceLines(looksAtEveryLine);

    /// <summary>Without the short cut over ordinary lines: slow, and what the short cut is measured against.</summary>
    public static TraceReader OfEveryLine() => new(looksAtEveryLine: true);

    public void Feed(ReadOnlySpan<byte> chunk)
    {
        while (!chunk.IsEmpty)
        {
            if (_isPassingOver && !PassOver(ref chunk))
                return;
            int taken = Math.Min(chunk.Length, BlockBytes - _length);
            chunk[..taken].CopyTo(_block.AsSpan(_length));
            _length += taken;
            chunk = chunk[taken..];
            if (_length == BlockBytes)
                Drain();
        }
    }

    /// <summary>Call once, after the last chunk.</summary>
    public TraceReading End()
    {
        _lines.Add(_text.Of(_block.AsSpan(0, _length)));
        return _lines.End();
    }

    public static TraceReading Read(ReadOnlySpan<byte> trace)
    {
        var reader = new TraceReader();
        reader.Feed(trace);
        return reader.End();
    }

    // To the end of the line: with it the line ends as others do.
    private bool PassOver(ref ReadOnlySpan<byte> chunk)
    {
        int end = chunk.IndexOfAny((byte)'\n', (byte)'\r');
        _isPassingOver = end < 0;
        chunk = end < 0 ? [] : chunk[end..];
        return end >= 0;
    }

    private void Drain()
    {
        int cut = WholeLines(_block.AsSpan(0, _length));
        if (cut > 0)
        {
            _lines.Add(_text.Of(_block.AsSpan(0, cut)));
            _block.AsSpan(cut, _length - cut).CopyTo(_block);
            _length -= cut;
            return;
        }
        int part = _block.AsSpan(0, _length).LastIndexOf((byte)'\r') + 1;
        if (part > 0)
        {
            _lines.AddParts(_text.Of(_block.AsSpan(0, part)));
            _block.AsSpan(part, _length - part).CopyTo(_block);
            _length -= part;
            return;
        }
        _length = LineBytesMax;
        _isPassingOver = true;
    }

    /// <summary>Up to the last line end after which surely no continuation comes; else up to the last line end.</summary>
    private static int WholeLines(ReadOnlySpan<byte> block)
    {
        int last = block.LastIndexOf((byte)'\n');
        for (int end = last, looked = 0; end >= 0 && looked < 100; end = block[..end].LastIndexOf((byte)'\n'), looked++)
        {
            ReadOnlySpan<byte> next = block[(end + 1)..];
            if (next.Length >= LineText.RunnerPrefixBytes && (LineText.RunnerPrefix(next, out bool continues) == 0 || !continues))
                return end + 1;
        }
        return last + 1;
    }
}
