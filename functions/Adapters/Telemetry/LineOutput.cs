using System.Buffers;

namespace Cki.Adapters;

/// <summary>Whole lines to one stream, from any number of writers. On Lambda, a line of standard output is one log event.</summary>
public sealed class LineOutput(Stream stream)
{
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _whole = new(1024);

    /// <summary>UTF-8 without its line feed. The line leaves in one write, which is what costs.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            _whole.ResetWrittenCount();
            _whole.Write(line);
            _whole.Write("\n"u8);
            stream.Write(_whole.WrittenSpan);
            stream.Flush();
        }
    }
}
