namespace Cki;

/// <summary>What a check's dependencies say about it.</summary>
public static class CheckDependencies
{
    /// <summary>A dependency that nobody manages to look at holds a bad status up no longer than this.</summary>
    private static readonly TimeSpan s_holdMost = TimeSpan.FromMinutes(20);

    /// <summary>The check that is down instead, at the root; null: none.</summary>
    /// <param name="states">Of what the check depends on, in the order of the configuration.</param>
    public static string? Root(IReadOnlyList<CheckState> states) =>
        states.Where(s => s.Status == CheckStatus.Down || s.Because is not null).Select(s => s.Because ?? s.Name).FirstOrDefault();

    /// <summary>
    /// Which dependencies must be looked at before a check that looks bad since <paramref name="since"/> may be called so: those that were not looked at
    /// since, and those whose own trouble is not yet believed.
    /// </summary>
    public static IReadOnlyList<string> Undecided(CheckConfig check, IReadOnlyList<CheckState> states, DateTimeOffset since, DateTimeOffset now) =>
        now - since > s_holdMost
            ? []
            : [.. check.DependsOn.Where(name => states.FirstOrDefault(s => s.Name == name) is not { } state || IsUndecided(state, since))];

    private static bool IsUndecided(CheckState state, DateTimeOffset since) =>
        state.Status != CheckStatus.Unknown && (state.LookedAt < since || state.Against > 0 || state.Status == CheckStatus.Pending);
}
