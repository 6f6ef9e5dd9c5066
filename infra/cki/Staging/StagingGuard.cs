using Cki.Adapters;

namespace Cki.Tool;

/// <summary>A staging installation sees production's data and must be unable to change what production works on: not by its code, by its tokens.</summary>
internal static class StagingGuard
{
    private const string Reason = "staging decides on production's deliveries and posts nothing";

    /// <summary>Before a suite starts. Throws <see cref="BadInputException"/> naming every token that could write.</summary>
    /// <param name="asked">Mark it now; it may be marked already.</param>
    /// <returns>True where this is staging.</returns>
    public static async Task<bool> PrepareAsync(SuitePorts ports, HttpClient http, bool asked, CancellationToken cancellationToken)
    {
        if (!asked && !await ports.Switches.IsStagingAsync(cancellationToken))
            return false;
        var gitLab = new GitLabClient(http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        Refuse(await FaultsAsync(gitLab, ports.Config.Current, cancellationToken));
        if (asked)
            await MarkAsync(ports.Documents, "cki up --staging", cancellationToken);
        return true;
    }

    /// <summary>Before a configuration comes into force: a staging's may name no token that can write.</summary>
    public static async Task RefuseWritersAsync(OpenedInstallation opened, ConfigBundle bundle, CancellationToken cancellationToken)
    {
        if (bundle.Read() is ConfigReading.Good good && await opened.Switches.IsStagingAsync(cancellationToken))
            await RefuseWritersAsync(opened, good.Config, cancellationToken);
    }

    public static async Task RefuseWritersAsync(OpenedInstallation opened, SuiteConfig config, CancellationToken cancellationToken)
    {
        using HttpClient http = OutboundHttp.Create();
        var gitLab = new GitLabClient(http, new ReadConfig(config), opened.Secrets, new GitLabRetries(TimeProvider.System, new SystemDice()));
        Refuse(await FaultsAsync(gitLab, config, cancellationToken));
    }

    public static Task MarkAsync(Documents documents, string by, CancellationToken cancellationToken)
    {
        var staging = new Switch(Switch.Staging, Reason, by, TimeProvider.System.GetUtcNow(), null);
        return documents.CreateAsync(staging.Key, staging, DocumentJson.Default.Switch, cancellationToken);
    }

    /// <summary>Why a token is no staging's; null: it can only read. What cannot be shown to be harmless is not taken for it.</summary>
    public static string? Fault(GitLabHost host, GitLabToken? token, string? trouble)
    {
        if (trouble is not null)
            return $"{host.Name}: the token's scopes cannot be read: {trouble}";
        if (token is null)
            return $"{host.Name} does not tell what the token may do";
        string[] writing = [.. token.Scopes.Where(s => !s.StartsWith("read_", StringComparison.Ordinal))];
        return writing.Length == 0 ? null : $"{host.Name}: the token '{token.Name}' has scope {string.Join(", ", writing)}";
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(GitLabClient gitLab, SuiteConfig config, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (GitLabHost host in config.Hosts)
        {
            (GitLabToken? token, string? trouble) = await Examination.TryAsync(() => gitLab.GetTokenAsync(host.Name, cancellationToken));
            if (Fault(host, token, trouble) is { } fault)
                faults.Add(fault);
        }
        return faults;
    }

    private static void Refuse(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
            throw new BadInputException($"staging holds no token that can write: {string.Join("; ", faults)}; make one with scope read_api");
    }
}
