namespace Cki.Simulation.Tests;

/// <summary>What goes wrong, by site. Each fault that strikes is named <c>site#n</c>; a name or a whole site can be turned off.</summary>
/// <param name="off">Sites, or single faults, that do not strike.</param>
public sealed class Faults(Simulation simulation, IReadOnlySet<string> off)
{
    private readonly List<(TimeSpan At, string Name)> taken = [];

    /// <summary>False once the faults stop: from then on everything must settle.</summary>
    public bool AreOn { get; set; } = true;

    public IReadOnlyList<(TimeSpan At, string Name)> Taken => taken;

    public bool IsOff(string name) => off.Contains(name);

    public bool Strikes(string site, double chance)
    {
        if (!AreOn || chance <= 0 || simulation.Dice.Fraction($"fault.{site}") >= chance)
            return false;
        string name = $"{site}#{simulation.Dice.Rolls($"fault.{site}")}";
        if (off.Contains(name) || off.Contains(site))
            return false;
        taken.Add((simulation.Elapsed, name));
        simulation.Note("faults", name);
        return true;
    }
}
