using System.Globalization;
using System.Text;

namespace Cki.Adapters;

/// <summary>What a pkt-line is.</summary>
internal enum PktKind
{
    Line,
    Flush,
    Delimiter,
    End,
}

internal readonly record struct Pkt(PktKind Kind, string Text);

/// <summary>Git's framing: four hex digits of length (themselves included), then the payload. Read as a stream, within bounds.</summary>
internal sealed class PktReader(Stream body)
{
    /// <summary>A server with half a million refs of ordinary names sends about as much.</summary>
    public const int BytesMax = 64 << 20;

    /// <summary>Git's LARGE_PACKET_MAX.</summary>
    private const int PktBytesMax = 65520;

    private readonly BufferedStream _body = new(body, PktBytesMax);
    private readonly byte[] _payload = new byte[PktBytesMax];
    private long _bytes;

    /// <summary>The next line, without its line feed. Throws <see cref="FormatException"/> for what is not git's framing, for too much of it,
    /// for the server's <c>ERR</c>, and where it ends early: half a list of refs must not look like deleted branches.</summary>
    public async Task<Pkt> NextAsync(CancellationToken cancellationToken)
    {
        await FillAsync(4, cancellationToken);
        string header = Encoding.ASCII.GetString(_payload, 0, 4);
        if (!int.TryParse(header, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length) || length == 3 || length > PktBytesMax)
            throw new FormatException($"not git's protocol: a packet starts with '{Printable(header)}'");
        if (length < 4)
            return new Pkt(length == 0 ? PktKind.Flush : length == 1 ? PktKind.Delimiter : PktKind.End, "");
        await FillAsync(length - 4, cancellationToken);
        string text = Encoding.UTF8.GetString(_payload, 0, length - 4).TrimEnd('\n');
        return text.StartsWith("ERR ", StringComparison.Ordinal)
            ? throw new FormatException($"the server says: {Printable(text[4..])}")
            : new Pkt(PktKind.Line, text);
    }

    private async Task FillAsync(int count, CancellationToken cancellationToken)
    {
        _bytes += count;
        if (_bytes > BytesMax)
            throw new FormatException($"the list of refs is longer than {BytesMax >> 20} MiB");
        if (await _body.ReadAtLeastAsync(_payload.AsMemory(0, count), count, throwOnEndOfStream: false, cancellationToken) < count)
            throw new FormatException("the answer ends in the middle");
    }

    private static string Printable(string text) =>
        new([.. text.Take(200).Select(c => char.IsControl(c) || c == '\uFFFD' ? '?' : c)]);
}

/// <summary>Writes pkt-lines of a request.</summary>
internal sealed class PktWriter
{
    private readonly MemoryStream _bytes = new();

    public PktWriter Line(string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text + "\n");
        _bytes.Write(Encoding.ASCII.GetBytes((payload.Length + 4).ToString("x4", CultureInfo.InvariantCulture)));
        _bytes.Write(payload);
        return this;
    }

    public PktWriter Delimiter()
    {
        _bytes.Write("0001"u8);
        return this;
    }

    public byte[] Flush()
    {
        _bytes.Write("0000"u8);
        return _bytes.ToArray();
    }
}
