namespace Cki;

/// <summary>How long a message rests after a failure: 30 s, doubling with each receive up to 1 h (architecture.md, rule 4).</summary>
public static class GiveBack
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <param name="receives">1 at the first receive.</param>
    public static TimeSpan PauseAfter(int receives)
    {
        // From the eighth receive on it is the longest; a higher exponent would only overflow.
        TimeSpan grown = First * Math.Pow(2, Math.Clamp(receives, 1, 10) - 1);
        return grown < Longest ? grown : Longest;
    }
}
