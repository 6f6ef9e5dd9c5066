namespace Cki;

/// <summary>The last lines of something, copied cheaply as they pass and made into text only when asked for.</summary>
internal sealed class LineWindow(int most)
{
    /// <summary>Characters kept of a line here; findings keep more.</summary>
    private const int LineCharactersMax = 2000;

    private readonly Slot[] _slots = new Slot[most];
    private long _count;

    public IEnumerable<TraceLine> Lines
    {
        get
        {
            for (long i = Math.Max(0, _count - most); i < _count; i++)
                yield return _slots[i % most].Line();
        }
    }

    public void Add(int number, ReadOnlySpan<char> text, TraceSection section, int command)
    {
        ref Slot slot = ref _slots[_count++ % most];
        slot.Set(number, text[..Math.Min(text.Length, LineCharactersMax)], section, command);
    }

    private struct Slot
    {
        private char[]? _text;
        private int _length;
        private int _number;
        private int _command;
        private TraceSection _section;

        public void Set(int number, ReadOnlySpan<char> text, TraceSection section, int command)
        {
            if (_text is null || _text.Length < text.Length)
                _text = new char[Math.Max(text.Length, 120)];
            text.CopyTo(_text);
            (_length, _number, _section, _command) = (text.Length, number, section, command);
        }

        public readonly TraceLine Line()
        {
            string text = new(_text!, 0, _length);
            return new TraceLine(_number, text, _section, LineOrigins.Of(text, _section), _command);
        }
    }
}
