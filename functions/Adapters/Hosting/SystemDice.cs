using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cki.Adapters;

/// <summary>Real randomness: what composition passes where the simulation passes a seed.</summary>
public sealed class SystemDice : Dice
{
    public override ulong Roll(string site)
    {
        Span<byte> bits = stackalloc byte[8];
#pragma warning disable RS0030 // Dice begin here, for the tool and for each Lambda.
        RandomNumberGenerator.Fill(bits);
#pragma warning restore RS0030
        return BinaryPrimitives.ReadUInt64LittleEndian(bits);
    }
}
