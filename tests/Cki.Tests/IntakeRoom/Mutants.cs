using Cki.Tests.Doubles;

namespace Cki.Tests.IntakeRooms;

/// <summary>Ways in which a payload can be spoiled, all rolled from one seed.</summary>
internal sealed class Mutants(IReadOnlyList<byte[]> originals, SeededDice dice)
{
    private const int BytesMax = 48 * 1024;

    private static readonly byte[][] s_pieces =
    [
        "\""u8.ToArray(), "\\"u8.ToArray(), "{"u8.ToArray(), "}"u8.ToArray(), "["u8.ToArray(), ":"u8.ToArray(), ","u8.ToArray(), "\0"u8.ToArray(), [0xff], [0xc3], [0xed, 0xa0, 0x80],
        "\\ud800"u8.ToArray(), "\\u0000"u8.ToArray(), "null"u8.ToArray(), "1e999"u8.ToArray(), "-9223372036854775809"u8.ToArray(), "0.0000000001"u8.ToArray(),
        "\"object_kind\":\"push\","u8.ToArray(), "\"ref\":{},"u8.ToArray(), "../../"u8.ToArray(), "\u202e\u0007"u8.ToArray(), "\r\nx: y\r\n"u8.ToArray(),
        [.. Enumerable.Repeat((byte)'[', 40)], [.. Enumerable.Repeat((byte)'{', 5000)], [.. Enumerable.Repeat((byte)'a', 9000)], [.. Enumerable.Repeat((byte)'\\', 301)],
    ];

    public byte[] Next()
    {
        byte[] one = originals[Below(originals.Count)];
        return (dice.Roll("how") % 8) switch
        {
            0 => one[..Below(one.Length + 1)],
            1 => one[Below(one.Length)..],
            2 => Spliced(one, originals[Below(originals.Count)]),
            3 => Repeated(one),
            4 => Scrambled(one),
            _ => Pieced(one),
        };
    }

    public int Below(int bound) => (int)(dice.Roll("below") % (ulong)Math.Max(1, bound));

    private byte[] Spliced(byte[] one, byte[] other) => [.. one[..Below(one.Length)], .. other[Below(other.Length)..]];

    private byte[] Repeated(byte[] one)
    {
        int from = Below(one.Length), length = Math.Min(one.Length - from, 1 + Below(64));
        byte[] piece = one[from..(from + length)];
        int times = Math.Min(1 + Below(400), Math.Max(1, (BytesMax - one.Length) / length));
        return [.. one[..from], .. Enumerable.Repeat(piece, times).SelectMany(p => p), .. one[from..]];
    }

    private byte[] Scrambled(byte[] one)
    {
        byte[] copy = [.. one];
        for (int n = Below(12); n >= 0; n--)
            copy[Below(copy.Length)] = (byte)Below(256);
        return copy;
    }

    private byte[] Pieced(byte[] one)
    {
        for (int n = Below(3); n >= 0; n--)
        {
            int at = Below(one.Length), gone = Below(Math.Min(9, one.Length - at + 1));
            one = [.. one[..at], .. s_pieces[Below(s_pieces.Length)], .. one[(at + gone)..]];
        }
        return one;
    }
}
