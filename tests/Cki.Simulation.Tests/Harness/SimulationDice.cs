namespace Cki.Simulation.Tests;

/// <summary>
/// hash(seed, site, n-th roll at this site): a fault turned off, or a roll more at one site, moves no roll of another, so that a failing
/// seed can be shrunk.
/// </summary>
public sealed class SimulationDice(ulong seed) : Dice
{
    private readonly Dictionary<string, Site> sites = new(StringComparer.Ordinal);

    public override ulong Roll(string site)
    {
        if (!sites.TryGetValue(site, out Site? rolled))
            sites[site] = rolled = new Site(Mix(seed ^ Hash(site)));
        rolled.Count++;
        return Mix(rolled.Start + ((ulong)rolled.Count * 0x9E3779B97F4A7C15));
    }

    /// <summary>How often this site was rolled.</summary>
    public int Rolls(string site) => sites.TryGetValue(site, out Site? rolled) ? rolled.Count : 0;

    public int Between(string site, int least, int most) => least + (int)(Roll(site) % (ulong)(most - least + 1));

    public TimeSpan Between(string site, TimeSpan least, TimeSpan most) => least + ((most - least) * Fraction(site));

    /// <summary>FNV-1a, 64 bits: the same in every process, unlike string.GetHashCode.</summary>
    public static ulong Hash(string text, ulong start = 14695981039346656037)
    {
        ulong hash = start;
        foreach (char c in text)
            hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private sealed class Site(ulong start)
    {
        public ulong Start { get; } = start;

        public int Count { get; set; }
    }
}
