namespace Cki;

/// <summary>
/// Where randomness and ids come from. Production rolls a cryptographic generator, the simulation hash(seed, site, n-th roll),
/// so that a failing seed replays and single faults can be turned off. A site is a short stable name such as <c>store.write-id</c>.
/// </summary>
public abstract class Dice
{
    /// <summary>64 uniformly distributed bits.</summary>
    public abstract ulong Roll(string site);

    /// <summary>Uniform in [0, 1).</summary>
    public double Fraction(string site) => (Roll(site) >> 11) * (1.0 / (1UL << 53));

    /// <summary>16 lower-case hex digits: write ids, message ids, leases.</summary>
    public string Id(string site) => Roll(site).ToString("x16");

    /// <summary>A duration spread uniformly over +-<paramref name="share"/> of <paramref name="mean"/> (share 0.2: 80 % to 120 %).</summary>
    public TimeSpan Jitter(string site, TimeSpan mean, double share = 0.2) =>
        mean * (1 - share + 2 * share * Fraction(site));
}
