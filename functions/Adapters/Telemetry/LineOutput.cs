namespace Cki.Adapters;

/// <summary>Whole lines to one stream, from any number of writers. On Lambda, a line of standard output is one log event.</summary>
public sealed class LineOutput(Stream stream)
{
    private readonly Lock _gate = new();

    /// <summary>UTF-8 without its line feed.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            stream.Write(line);
            stream.WriteByte((byte)'\n');
            stream.Flush();
        }
    }
}
