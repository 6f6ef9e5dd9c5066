using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Tool;

/// <summary>
/// Looks at the configuration files every few seconds. A good change takes effect; a bad one is refused, the old one stays in force, and
/// operators are told once, and again when it is mended.
/// </summary>
internal sealed partial class ConfigReloading(ConfigWatch config, SuitePorts ports, ILogger log)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);
    private const string NoticeKey = "config-refused";
    private string? refused;
    private bool hasLooked;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval, ports.Clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                if (!hasLooked)
                    refused = await StandingAsync(cancellationToken);
                hasLooked = true;
                await LookAsync(cancellationToken);
            }
            catch (Exception e) when (e is QueueUnavailableException or StoreUnavailableException)
            {
                NotTold(log, e);
            }
        }
    }

    /// <summary>What an earlier process refused and nobody took back: this one has started, so the files are good again.</summary>
    private async Task<string?> StandingAsync(CancellationToken cancellationToken)
    {
        Document<NoticeState>? told = await ports.Documents.GetAsync(NoticeState.KeyOf(NoticeKey), DocumentJson.Default.NoticeState, cancellationToken);
        return told is { Value.EndedAt: null } ? told.Value.Title : null;
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        switch (config.TryReload())
        {
            case ConfigReload.Refused bad:
                await RefuseAsync(bad.Errors, cancellationToken);
                break;
            case ConfigReload.Replaced replaced:
                Taken(log, replaced.HashNow[..12]);
                await MendAsync(cancellationToken);
                break;
            default:
                await MendAsync(cancellationToken);
                break;
        }
    }

    private async Task RefuseAsync(IReadOnlyList<ConfigError> errors, CancellationToken cancellationToken)
    {
        string text = string.Join('\n', errors);
        if (text == refused)
            return;
        Refused(log, errors.Count, errors[0].ToString());
        await ports.PostFrom("tool").SendAsync(
            new NoticeRaised(NoticeKey, $"Configuration refused: {errors.Count} error(s)", $"The old one stays in force. Mend these:\n{text}"), cancellationToken);
        refused = text;
    }

    private async Task MendAsync(CancellationToken cancellationToken)
    {
        if (refused is null)
            return;
        await ports.PostFrom("tool").SendAsync(
            new NoticeRaised(NoticeKey, "Configuration mended", "The files are good again and in force.", Recovered: true), cancellationToken);
        refused = null;
    }

    [LoggerMessage(1, LogLevel.Error, "Configuration refused, the old one stays: {Count} error(s), first: {First}")]
    private static partial void Refused(ILogger log, int count, string first);

    [LoggerMessage(2, LogLevel.Information, "Configuration {Hash} is in force")]
    private static partial void Taken(ILogger log, string hash);

    [LoggerMessage(3, LogLevel.Error, "Operators could not be told about the configuration; tried again at the next look")]
    private static partial void NotTold(ILogger log, Exception error);
}
