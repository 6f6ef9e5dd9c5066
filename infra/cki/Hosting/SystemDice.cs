using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cki.Tool;

/// <summary>Real randomness: what composition passes where the simulation passes a seed.</summary>
internal sealed class SystemDice : Dice
{
    public override ulong Roll(string site)
    {
        Span<byte> bits = stackalloc byte[8];
        RandomNumberGenerator.Fill(bits);
        return BinaryPrimitives.ReadUInt64LittleEndian(bits);
    }
}
