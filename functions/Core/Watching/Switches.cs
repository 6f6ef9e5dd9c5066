using System.Text.Json.Serialization;

namespace Cki;

/// <summary>What an operator can hold.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Act>))]
public enum Act
{
    Trigger,
    Retry,
    Mail,

    /// <summary>Handing deliveries to consumers; the scope is a consumer's name.</summary>
    Forward,
    All,
}

/// <summary>
/// <c>paused/{what}.json</c>: acts are held while it stands. <c>what</c> is <c>trigger</c>, <c>retry</c>, <c>mail</c>, <c>all</c>, each optionally with
/// <c>@tree</c>, <c>retry@class:name</c>, <c>forward</c>, optionally with <c>@consumer</c>, <c>observe</c>: a new installation posts nothing until
/// it is armed, or <c>staging</c>.
/// </summary>
/// <param name="Until">Null: until resumed.</param>
/// <param name="Reason">Shown with everything that is held.</param>
public sealed record Switch(string What, string Reason, string By, DateTimeOffset Since, DateTimeOffset? Until, int V = 1)
{
    public const string Prefix = "paused/";

    public const string Observe = "observe";

    /// <summary>
    /// This installation is another one's staging: it gets the same deliveries and decides on the other's pipelines. It acts never, cannot be armed, and
    /// its tokens may write nothing.
    /// </summary>
    public const string Staging = "staging";

    /// <summary>What holds the retries of one failure class.</summary>
    public static string OfClass(string failureClass) => $"retry@class:{failureClass}";

    [JsonIgnore]
    public string Key => $"{Prefix}{What}.json";
}

/// <summary>Reads the operators' switches before an act.</summary>
public sealed class Switches(Documents documents, TimeProvider clock)
{
    /// <summary>Null when the act may go on; else the switch that holds it.</summary>
    public Task<Switch?> HeldAsync(Act act, TreeName? tree, CancellationToken cancellationToken)
    {
        string name = act.ToString().ToLowerInvariant();
        // Whoever is held by several hears first of what he cannot resume.
        return FirstAsync(
            tree is null ? [Switch.Staging, name, "all", Switch.Observe] : [Switch.Staging, name, $"{name}@{tree}", "all", $"all@{tree}", Switch.Observe], cancellationToken);
    }

    /// <summary>See <see cref="Switch.Staging"/>.</summary>
    public async Task<bool> IsStagingAsync(CancellationToken cancellationToken) =>
        await documents.GetAsync($"{Switch.Prefix}{Switch.Staging}.json", DocumentJson.Default.Switch, cancellationToken) is not null;

    /// <summary>A delivery on its way to a consumer. What an operator wants distributed is distributed while the rest only observes; staging's consumers are production's.</summary>
    public Task<Switch?> HeldForwardAsync(string consumer, CancellationToken cancellationToken) =>
        FirstAsync([Switch.Staging, "forward", $"forward@{consumer}", "all"], cancellationToken);

    private async Task<Switch?> FirstAsync(IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await documents.KeysAsync(Switch.Prefix, 1000, cancellationToken);
        foreach (string what in wanted.Where(w => keys.Contains($"{Switch.Prefix}{w}.json")))
        {
            Document<Switch>? found = await documents.GetAsync($"{Switch.Prefix}{what}.json", DocumentJson.Default.Switch, cancellationToken);
            if (found is not null && (found.Value.Until is null || found.Value.Until > clock.GetUtcNow()))
                return found.Value;
        }
        return null;
    }

    /// <summary>Null when retries of the failure class may go on; else the switch that holds them.</summary>
    public async Task<Switch?> HeldClassAsync(string failureClass, CancellationToken cancellationToken)
    {
        Switch? found = (await documents.GetAsync($"{Switch.Prefix}{Switch.OfClass(failureClass)}.json", DocumentJson.Default.Switch, cancellationToken))?.Value;
        return found is not null && (found.Until is null || found.Until > clock.GetUtcNow()) ? found : null;
    }
}
