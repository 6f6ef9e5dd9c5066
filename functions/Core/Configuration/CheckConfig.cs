namespace Cki;

/// <summary>checks.yaml: one thing that is looked at.</summary>
public sealed record CheckConfig(string Name, CheckTarget Target)
{
    /// <summary>Between two looks. Default 5 minutes; heartbeats are looked at each minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For one whole look. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Looks in a row that must say so before the status changes. Default 2.</summary>
    public int Looks { get; init; } = 2;

    /// <summary>Names of checks: while one of them is down, this one's status is unknown and nobody is told of it.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>What it means when it is not well, for the notice. Null: nobody said.</summary>
    public string? Means { get; init; }

    /// <summary>What to do then. Null: nobody said.</summary>
    public string? Do { get; init; }
}

/// <summary>checks.yaml, <c>maintenance</c>: no notice is raised then, and what is down does not count.</summary>
/// <param name="Checks">Empty: all.</param>
public sealed record MaintenanceWindow(string Name, IReadOnlyList<string> Checks)
{
    /// <summary>Each week.</summary>
    public QuietHours? Weekly { get; init; }

    /// <summary>Once, with <see cref="Until"/>.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }

    public bool Covers(string check, DateTimeOffset now) =>
        (Checks.Count == 0 || Checks.Contains(check))
        && (Weekly is { } weekly ? QuietHours.Until([weekly], now) is not null : From <= now && now < Until);
}

/// <summary>checks.yaml.</summary>
public sealed record ChecksConfig(IReadOnlyList<CheckConfig> Checks, IReadOnlyList<MaintenanceWindow> Maintenance)
{
    public static readonly ChecksConfig None = new([], []);

    public CheckConfig? Check(string name) => Checks.FirstOrDefault(c => c.Name == name);

    /// <summary>Name of the window that holds now; null: none.</summary>
    public string? MaintenanceOf(string check, DateTimeOffset now) => Maintenance.FirstOrDefault(m => m.Covers(check, now))?.Name;
}
