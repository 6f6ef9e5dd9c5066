using System.Text;

namespace Cki;

/// <summary>
/// Makes readable text of whole lines of a trace's bytes: no runner prefixes, escape sequences or control characters, continued lines joined,
/// invalid UTF-8 as U+FFFD. Carriage returns stay, as ends of parts; the number of line ends stays what it was.
/// </summary>
internal sealed class TraceText
{
    private const byte Escape = 0x1b;
    private readonly char[] _text;
    private int _length;
    private int _lineStart;
    private int _joined;
    private bool _isStamped;

    /// <param name="bytesMax">Most bytes of one call.</param>
    public TraceText(int bytesMax)
    {
        _text = new char[bytesMax + 2];
        _text[0] = '\n';
    }

    /// <summary>Valid until the next call. Starts with a line end of its own, so that <c>\nword</c> finds a first line too, and ends with one.</summary>
    public ReadOnlySpan<char> Of(ReadOnlySpan<byte> lines)
    {
        (_length, _lineStart, _joined, _isStamped) = (1, 1, 0, false);
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf((byte)'\n');
            Line(end < 0 ? lines : lines[..end]);
            lines = end < 0 ? [] : lines[(end + 1)..];
        }
        EndJoined();
        return _text.AsSpan(0, _length);
    }

    private void Line(ReadOnlySpan<byte> raw)
    {
        int prefix = LineText.RunnerPrefix(raw, out bool continues);
        if (prefix > 0 && continues && _isStamped && _length - _lineStart < LineText.CharactersMax)
        {
            _length--;
            _joined++;
        }
        else
        {
            EndJoined();
            _lineStart = _length;
        }
        _isStamped = prefix > 0;
        raw = raw[prefix..];
        if (raw.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) < 0)
            Plain(raw);
        else
            Mixed(raw);
        _text[_length++] = '\n';
    }

    private void EndJoined()
    {
        for (; _joined > 0; _joined--)
            _text[_length++] = '\n';
    }

    private void Plain(ReadOnlySpan<byte> raw)
    {
        Encoding.Latin1.GetChars(raw, _text.AsSpan(_length));
        _length += raw.Length;
    }

    private void Mixed(ReadOnlySpan<byte> raw)
    {
        while (!raw.IsEmpty)
        {
            int special = raw.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e);
            Plain(special < 0 ? raw : raw[..special]);
            if (special < 0)
                return;
            raw = raw[(special + Special(raw[special..]))..];
        }
    }

    private int Special(ReadOnlySpan<byte> at)
    {
        byte one = at[0];
        if (one == Escape)
            return LengthOfSequence(at);
        if (one >= 0x80)
        {
            int end = at.IndexOfAnyInRange((byte)0, (byte)0x7f);
            ReadOnlySpan<byte> wide = end < 0 ? at : at[..end];
            _length += Encoding.UTF8.GetChars(wide, _text.AsSpan(_length));
            return wide.Length;
        }
        if (one is (byte)'\t' or (byte)'\r')
            _text[_length++] = one == '\t' ? ' ' : '\r';
        return 1;
    }

    // Sequences end with a letter-like byte (CSI) or BEL (OSC); a broken one ends where other text cannot belong to it. Each byte is looked at once.
    private static int LengthOfSequence(ReadOnlySpan<byte> at)
    {
        if (at.Length < 2)
            return 1;
        if (at[1] == ']')
        {
            int end = at[2..].IndexOfAny((byte)0x07, Escape, (byte)'\r');
            return end < 0 ? at.Length : end + (at[end + 2] == 0x07 ? 3 : 2);
        }
        if (at[1] != '[')
            return at[1] is (byte)'\r' or Escape ? 1 : 2;
        int after = at[2..].IndexOfAnyExceptInRange((byte)0x20, (byte)0x3f);
        if (after < 0)
            return at.Length;
        return after + (at[after + 2] is >= 0x40 and <= 0x7e ? 3 : 2);
    }
}
