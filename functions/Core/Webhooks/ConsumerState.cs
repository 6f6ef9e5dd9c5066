using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>consumers/{name}.json</c>: how a consumer of deliveries does. While the circuit is open nothing is sent to it; then one try tells.</summary>
/// <param name="Failures">In a row.</param>
/// <param name="OpenUntil">The circuit is open until then; null: closed.</param>
/// <param name="NextAt">Earliest next delivery where the consumer has a pace.</param>
/// <param name="Since">Since when it fails; null: it does not.</param>
public sealed record ConsumerState(
    string Name, int Failures = 0, DateTimeOffset? OpenUntil = null, DateTimeOffset? NextAt = null, DateTimeOffset? Since = null, int V = 1)
{
    /// <summary>A hiccup opens no circuit.</summary>
    private const int FailuresUntilOpen = 3;

    private static readonly TimeSpan s_openLeast = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_openMost = TimeSpan.FromMinutes(10);

    [JsonIgnore]
    public string Key => KeyOf(Name);

    public static string KeyOf(string name) => $"consumers/{name}.json";

    /// <summary>Zero: now.</summary>
    public TimeSpan WaitAt(DateTimeOffset now)
    {
        DateTimeOffset at = OpenUntil > NextAt || NextAt is null ? OpenUntil ?? now : NextAt.Value;
        return at > now ? at - now : TimeSpan.Zero;
    }

    /// <summary>30 s from the third failure in a row, doubling to 10 minutes.</summary>
    public ConsumerState Failed(DateTimeOffset now)
    {
        int failures = Failures + 1;
        TimeSpan open = s_openLeast * Math.Pow(2, Math.Min(10, failures - FailuresUntilOpen));
        return this with
        {
            Failures = failures,
            Since = Since ?? now,
            OpenUntil = failures < FailuresUntilOpen ? null : now + (open < s_openMost ? open : s_openMost),
        };
    }

    public ConsumerState Took() => this with { Failures = 0, OpenUntil = null, Since = null };
}
