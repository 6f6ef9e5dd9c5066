namespace Cki;

/// <summary><c>channels/{name}.json</c>, owned by Reporting: when the channel's next message may go, and whether its circuit is open.</summary>
/// <param name="NextAt">No message before this (pace of the channel, or a peer's <c>Retry-After</c>).</param>
public sealed record ChannelState(string Name, DateTimeOffset NextAt)
{
    /// <summary>Failures in a row; 0 after a success.</summary>
    public int FailuresInARow { get; init; }

    /// <summary>Null: closed. Else nothing goes before this time, and then one probe at a time.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>When the first of the failures in a row happened; null: none.</summary>
    public DateTimeOffset? DownSince { get; init; }

    public string? LastError { get; init; }

    /// <summary>To ten minutes: a calm channel is not written for every message.</summary>
    public DateTimeOffset? LastSentAt { get; init; }

    /// <summary>Messages that wait for a paced channel, oldest first; those of channels without a pace are not noted.</summary>
    public IReadOnlyList<WaitingReport> Waiting { get; init; } = [];

    public int V { get; init; } = 1;

    public const string Prefix = "channels/";

    public static string KeyOf(string name) => $"{Prefix}{name}.json";
}

/// <summary>A message that waits for its channel's pace.</summary>
/// <param name="Tree">For the operators' switches; null for notices.</param>
/// <param name="Subject">For a digest.</param>
public sealed record WaitingReport(RunId Run, string Kind, TreeName? Tree, string Subject)
{
    /// <summary>What it says of the commit, noted with its delivery when it goes in a digest; null where nothing follows on it.</summary>
    public ToldPicture? Told { get; init; }
}
