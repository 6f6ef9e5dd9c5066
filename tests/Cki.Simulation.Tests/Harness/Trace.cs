using System.Globalization;

namespace Cki.Simulation.Tests;

/// <summary>One line per decision, send, store write, HTTP exchange and crash; a rolling hash of all, and the last 200 lines.</summary>
public sealed class Trace
{
    public const int LinesKept = 200;

    private readonly Queue<string> last = new(LinesKept);
    private readonly TextWriter? everything;

    /// <param name="everything">Gets every line as it comes; null keeps the last ones only.</param>
    public Trace(TextWriter? everything = null) => this.everything = everything;

    public ulong Hash { get; private set; } = 14695981039346656037;

    public long Count { get; private set; }

    public IReadOnlyCollection<string> Last => last;

    public void Add(TimeSpan at, string who, string what)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"{(int)at.TotalHours:00}:{at.Minutes:00}:{at.Seconds:00}.{at.Milliseconds:000} {who}: {what}");
        Hash = SimulationDice.Hash(line, Hash);
        Count++;
        if (last.Count == LinesKept)
            last.Dequeue();
        last.Enqueue(line);
        everything?.WriteLine(line);
    }
}
