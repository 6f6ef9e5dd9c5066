namespace Cki;

/// <summary><c>config/current</c>: which bundle is in force, and what was before.</summary>
/// <param name="Hash">Of the bundle in force.</param>
/// <param name="History">What was put in force, newest first, this one included; at most <see cref="HistoryMax"/>.</param>
public sealed record ConfigPointer(string Hash, IReadOnlyList<ConfigChange> History, int V = 1)
{
    public const string Key = "config/current";

    public const int HistoryMax = 50;
}

/// <summary>One change of the configuration in force.</summary>
/// <param name="By">Who, for people.</param>
public sealed record ConfigChange(string Hash, string By, DateTimeOffset At);

/// <summary>How a push or a rollback ended.</summary>
public abstract record ConfigPush
{
    private ConfigPush() { }

    /// <summary>In force within a minute.</summary>
    /// <param name="Before">Null: there was none.</param>
    /// <param name="Observes">A first configuration: nothing is posted until <c>cki arm</c>.</param>
    public sealed record Done(string Hash, string? Before, bool Observes) : ConfigPush;

    /// <summary>It is in force already.</summary>
    public sealed record Unchanged(string Hash) : ConfigPush;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(IReadOnlyList<ConfigError> Errors) : ConfigPush;

    /// <summary>There is nothing of that name, or nothing before the present one, to go back to.</summary>
    public sealed record Unknown(string Reason) : ConfigPush;
}

/// <summary>Operators' side of the stored configuration: push, look, go back.</summary>
public sealed class ConfigBundles(Documents documents, TimeProvider clock)
{
    /// <summary>
    /// Validates, stores the bundle and swaps the pointer. The first push of an installation also switches on <c>observe</c>, unless <paramref name="arm"/>.
    /// </summary>
    public async Task<ConfigPush> PushAsync(ConfigBundle bundle, string by, bool arm, CancellationToken cancellationToken)
    {
        if (bundle.Read() is ConfigReading.Bad bad)
            return new ConfigPush.Refused(bad.Errors);
        ConfigPointer? before = await CurrentAsync(cancellationToken);
        bool isFirst = before is null;
        if (isFirst && !arm)
            await ObserveAsync(by, cancellationToken);
        // Of equal content whoever wrote it, but perhaps with the nodes of an older release: written again.
        await documents.PutAsync(ConfigBundle.KeyOf(bundle.Hash), bundle, ConfigBundleJson.Default.ConfigBundle, cancellationToken);
        return await SwapAsync(bundle.Hash, by, isFirst && !arm, cancellationToken);
    }

    /// <summary>Puts an earlier bundle in force again, if this release can read it.</summary>
    /// <param name="hash">Its hash or an unambiguous beginning of at least 6 digits; null: the one before the present one.</param>
    public async Task<ConfigPush> RollbackAsync(string? hash, string by, CancellationToken cancellationToken)
    {
        if (await CurrentAsync(cancellationToken) is not { } current)
            return new ConfigPush.Unknown("no configuration was pushed yet");
        string[] earlier = [.. current.History.Select(c => c.Hash).Where(h => h != current.Hash).Distinct()];
        string[] meant = hash is null ? earlier[..Math.Min(1, earlier.Length)] : [.. earlier.Where(h => hash.Length >= 6 && h.StartsWith(hash, StringComparison.Ordinal))];
        if (meant.Length != 1)
            return new ConfigPush.Unknown(hash is null ? "there is no configuration before the present one" : $"{hash} names {meant.Length} earlier configurations");
        if (await BundleAsync(meant[0], cancellationToken) is not { } bundle)
            return new ConfigPush.Unknown($"{ConfigBundle.KeyOf(meant[0])} is not in the store");
        return bundle.Read() is ConfigReading.Bad bad
            ? new ConfigPush.Refused(bad.Errors)
            : await SwapAsync(bundle.Hash, by, observes: false, cancellationToken);
    }

    /// <summary>Null: nothing was pushed yet.</summary>
    public async Task<ConfigPointer?> CurrentAsync(CancellationToken cancellationToken) =>
        (await documents.GetAsync(ConfigPointer.Key, ConfigBundleJson.Default.ConfigPointer, cancellationToken))?.Value;

    public async Task<ConfigBundle?> BundleAsync(string hash, CancellationToken cancellationToken) =>
        (await documents.GetAsync(ConfigBundle.KeyOf(hash), ConfigBundleJson.Default.ConfigBundle, cancellationToken))?.Value;

    private async Task<ConfigPush> SwapAsync(string hash, string by, bool observes, CancellationToken cancellationToken)
    {
        ConfigPointer? replaced = null;
        ConfigPointer? Next(ConfigPointer? current)
        {
            replaced = current;
            return current?.Hash == hash
                ? current
                : new ConfigPointer(hash, [new ConfigChange(hash, by, clock.GetUtcNow()), .. (current?.History ?? []).Take(ConfigPointer.HistoryMax - 1)]);
        }
        await documents.UpdateAsync(ConfigPointer.Key, ConfigBundleJson.Default.ConfigPointer, Next, cancellationToken);
        return replaced?.Hash == hash ? new ConfigPush.Unchanged(hash) : new ConfigPush.Done(hash, replaced?.Hash, observes);
    }

    /// <summary>Before the pointer: a configuration in force must never find itself unobserved.</summary>
    private async Task ObserveAsync(string by, CancellationToken cancellationToken)
    {
        var observe = new Switch(Switch.Observe, "a new installation posts nothing until 'cki arm'", by, clock.GetUtcNow(), null);
        await documents.CreateAsync(observe.Key, observe, DocumentJson.Default.Switch, cancellationToken);
    }
}
