namespace Cki.Watch;

/// <summary>What Watch can be told beside the configuration.</summary>
public sealed record WatchOptions
{
    /// <summary>Looks beyond HTTP, by kind of check: sockets, AWS, this machine. What is missing cannot be looked at here, and such checks say so.
    /// Default none: where sockets do not exist (simulation).</summary>
    public IReadOnlyDictionary<string, CheckProbe> Probes { get; init; } = new Dictionary<string, CheckProbe>();
}
