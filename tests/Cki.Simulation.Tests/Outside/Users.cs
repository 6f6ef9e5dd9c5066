namespace Cki.Simulation.Tests;

/// <summary>Who pushes when: 20 heads, some in quick succession on one branch, some in one push that GitLab sends no webhook for.</summary>
public static class Users
{
    public const int HeadsWanted = 20;

    public static void Plan(Simulation simulation, CommitBook commits, TimeSpan within)
    {
        SimulationDice dice = simulation.Dice;
        int planned = 0;
        while (planned < HeadsWanted)
        {
            TimeSpan at = within * 0.95 * dice.Fraction("push.at");
            string branch = Town.Branches[dice.Between("push.branch", 0, Town.Branches.Length - 1)];
            double kind = dice.Fraction("push.kind");
            if (kind < 0.1 && planned + Town.Branches.Length <= HeadsWanted)
            {
                simulation.Schedule(at, simulation.Outside, commits.PushAll);
                planned += Town.Branches.Length;
                continue;
            }
            simulation.Schedule(at, simulation.Outside, () => commits.PushOne(branch));
            planned++;
            if (kind < 0.3 && planned < HeadsWanted)
            {
                simulation.Schedule(at + (TimeSpan.FromMinutes(6) * dice.Fraction("push.soon")), simulation.Outside, () => commits.PushOne(branch));
                planned++;
            }
        }
    }
}
