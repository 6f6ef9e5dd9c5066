using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>board/state.json</c>: what stands for operators. It names no mail address: the board may be public.</summary>
/// <param name="At">When it was looked at.</param>
public sealed record BoardStanding(DateTimeOffset At)
{
    public const string Page = "board/state.html";

    public const string Json = "board/state.json";

    public IReadOnlyList<Switch> Pauses { get => field ?? []; init; } = [];

    public IReadOnlyList<BoardOutage> Outages { get => field ?? []; init; } = [];

    public IReadOnlyList<ChannelState> Channels { get => field ?? []; init; } = [];

    public IReadOnlyList<CheckState> Checks { get => field ?? []; init; } = [];

    public IReadOnlyList<BoardMute> Mutes { get => field ?? []; init; } = [];

    public IReadOnlyList<BoardDead> DeadLetters { get => field ?? []; init; } = [];

    public IReadOnlyList<BoardTreeStanding> Trees { get => field ?? []; init; } = [];

    public int V { get; init; } = 1;
}

/// <param name="Held">Jobs whose retry waits for its end; counted up to <see cref="HeldMax"/>.</param>
public sealed record BoardOutage(OutageState State, int Held)
{
    public const int HeldMax = 1000;
}

/// <summary>A mute without the address it is for.</summary>
public sealed record BoardMute(TreeName? Tree, string Pattern, DateTimeOffset Until, bool IsForOne);

/// <param name="Count">Counted up to <see cref="CountMax"/>.</param>
public sealed record BoardDead(string Queue, int Count)
{
    public const int CountMax = 1000;
}

/// <param name="Health">Null: never looked at.</param>
public sealed record BoardTreeStanding(TreeName Tree, BoardTreeHealth? Health);

/// <summary><c>board/matchers.json</c>: what matchers' retries came to in the <see cref="DaysShown"/> days up to <paramref name="At"/>.</summary>
public sealed record BoardMatchers(DateTimeOffset At, IReadOnlyList<BoardMatcher> Matchers, int V = 1)
{
    public const string Page = "board/matchers.html";

    public const string Json = "board/matchers.json";

    public const int DaysShown = 30;

    /// <summary>Not all days could be read: the newest were.</summary>
    public bool IsCut { get; init; }
}

/// <param name="Row">Null: it retried nothing.</param>
/// <param name="Mode"><c>live</c>, <c>shadow</c> or <c>demoted</c>.</param>
public sealed record BoardMatcher(string Name, string Description, string Action, string? Class, string Mode, BoardRescues? Row);

/// <summary>See <see cref="RescueRow"/>.</summary>
public sealed record BoardRescues(int Counted, int Rescued, int SameAgain, int OtherTrouble, int RealFailure, int SetAside, double MachineSeconds)
{
    public static BoardRescues? Sum(IReadOnlyList<RescueRow> rows) => rows.Count == 0
        ? null
        : new BoardRescues(
            rows.Sum(r => r.Counted), rows.Sum(r => r.Rescued), rows.Sum(r => r.SameAgain), rows.Sum(r => r.OtherTrouble), rows.Sum(r => r.RealFailure),
            rows.Sum(r => r.SetAside), rows.Sum(r => r.MachineSeconds));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BoardRun))]
[JsonSerializable(typeof(BoardEntry))]
[JsonSerializable(typeof(BoardChange))]
[JsonSerializable(typeof(BoardDay))]
[JsonSerializable(typeof(BoardTree))]
[JsonSerializable(typeof(BoardHistory))]
[JsonSerializable(typeof(BoardStanding))]
[JsonSerializable(typeof(BoardMatchers))]
[JsonSerializable(typeof(BoardIndexed))]
[JsonSerializable(typeof(BoardIndexPending))]
public sealed partial class BoardJson : JsonSerializerContext;
