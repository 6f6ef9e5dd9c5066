namespace Cki;

/// <summary>What one look saw.</summary>
/// <param name="Said">One line: <c>answered 503 after 210 ms</c>.</param>
public sealed record CheckSight(CheckStatus Status, string Said)
{
    /// <summary>What was measured; null: nothing.</summary>
    public double? Value { get; init; }

    public string? Unit { get; init; }

    /// <summary>To be kept for the next look; null: what was kept before.</summary>
    public string? Memory { get; init; }

    /// <summary>Something that operators hear of once, whatever the status.</summary>
    public NoticeRaised? News { get; init; }

    public static CheckSight Up(string said) => new(CheckStatus.Up, said);

    public static CheckSight Degraded(string said) => new(CheckStatus.Degraded, said);

    public static CheckSight Down(string said) => new(CheckStatus.Down, said);

    public static CheckSight Unknown(string said) => new(CheckStatus.Unknown, said);
}

/// <summary>
/// Looks once at what checks of one kind look at. The caller bounds its time. Trouble of the peer may be thrown as <see cref="HttpRequestException"/>,
/// <see cref="IOException"/>, <see cref="System.Net.Sockets.SocketException"/> or <see cref="FormatException"/>: that is down.
/// </summary>
/// <param name="memory">What the last look kept; null: nothing.</param>
public delegate Task<CheckSight> CheckProbe(CheckConfig check, string? memory, CancellationToken cancellationToken);
