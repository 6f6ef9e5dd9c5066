namespace Cki.Simulation.Tests;

/// <summary>What goes wrong, by site. Each fault that strikes is named <c>site#n</c>; a name or a whole site can be turned off.</summary>
/// <param name="off">Sites, or single faults, that do not strike.</param>
public sealed class Faults(SimulationDice dice, Action<string> note, IReadOnlySet<string> off)
{
    private readonly List<string> taken = [];

    /// <summary>False once the faults stop: from then on everything must settle.</summary>
    public bool AreOn { get; set; } = true;

    public IReadOnlyList<string> Taken => taken;

    public bool IsOff(string name) => off.Contains(name);

    public bool Strikes(string site, double chance)
    {
        if (!AreOn || chance <= 0 || dice.Fraction($"fault.{site}") >= chance)
            return false;
        string name = $"{site}#{dice.Rolls($"fault.{site}")}";
        if (off.Contains(name) || off.Contains(site))
            return false;
        taken.Add(name);
        note($"fault {name}");
        return true;
    }
}
