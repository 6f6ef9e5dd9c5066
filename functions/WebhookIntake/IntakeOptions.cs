namespace Cki.WebhookIntake;

/// <summary>The door's bounds.</summary>
public sealed record IntakeOptions
{
    /// <summary>Largest body in bytes. Default 25 MB (25 x 1024 x 1024): what GitLab.com sends at most.</summary>
    public int BodyBytesMax { get; init; } = 25 * 1024 * 1024;

    /// <summary>Most headers. Default 100: GitLab sends about 10, and at most 20 of its users' own.</summary>
    public int HeadersMax { get; init; } = 100;

    /// <summary>Most characters of all headers' names and values. Default 32 K, as much as Kestrel takes by itself (an HTTP API takes 10,240 bytes).</summary>
    public int HeaderCharactersMax { get; init; } = 32 * 1024;

    /// <summary>Patience with each of secrets, archive, queue and spill. Default 1.4 s: all four stay below the 6 s in which the door
    /// answers, and GitLab's 10 s are far.</summary>
    public TimeSpan PortLimit { get; init; } = TimeSpan.FromSeconds(1.4);

    /// <summary>What a 503 asks the sender to wait. Default 30 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(30);
}
