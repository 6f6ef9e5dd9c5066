using Amazon.SimpleSystemsManagement.Model;
using Microsoft.Extensions.Logging;

namespace Cki.Adapters;

/// <summary>
/// SecureString parameters under one path, read together and kept for 5 minutes. While the parameter store cannot be read, the old values serve on.
/// Values are never logged.
/// </summary>
/// <param name="path"><c>/cki/{stack}/secrets/</c>; throws, naming what is not configured.</param>
public sealed class SsmSecrets(AwsSession session, Func<string> path, ILogger log) : ISecrets
{
    /// <summary>Mean; +-20 % so that many instances do not ask at once.</summary>
    public static readonly TimeSpan CachePeriod = TimeSpan.FromMinutes(5);

    /// <summary>After a failed renewal the old values serve this long before the next try.</summary>
    public static readonly TimeSpan StalePeriod = TimeSpan.FromSeconds(30);

    private const int PagesMax = 100;

    private readonly Lock _gate = new();
    private IReadOnlyDictionary<string, string>? _held;
    private DateTimeOffset _renewAt;
    private Task<IReadOnlyDictionary<string, string>>? _reading;

    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> all = await AllAsync(cancellationToken);
        return all.GetValueOrDefault(name);
    }

    /// <summary>One read at a time, whoever asks; one asker's impatience does not end it for the others.</summary>
    private Task<IReadOnlyDictionary<string, string>> AllAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_held is { } held && session.Clock.GetUtcNow() < _renewAt)
                return Task.FromResult(held);
            if (_reading is null || _reading.IsCompleted)
                _reading = ReadAsync(_held);
            return _reading.WaitAsync(cancellationToken);
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(IReadOnlyDictionary<string, string>? before)
    {
        string root = path();
        try
        {
            IReadOnlyDictionary<string, string> values = before is null
                ? await session.Calls.SafelyAsync(AwsCalls.TryLimit, token => PagesAsync(root, token), CancellationToken.None)
                : await session.Calls.OnceAsync(AwsCalls.RenewLimit, token => PagesAsync(root, token), CancellationToken.None);
            return Keep(values, session.Dice.Jitter("secrets.cache", CachePeriod));
        }
        catch (Exception e) when (AwsFailures.IsAws(e))
        {
            if (before is null)
                throw new SecretsUnavailableException($"Secrets under {root}: {AwsFailures.Describe(e)}", e);
            AdaptersLog.SecretsStale(log, e, root);
            return Keep(before, session.Dice.Jitter("secrets.stale", StalePeriod));
        }
    }

    private IReadOnlyDictionary<string, string> Keep(IReadOnlyDictionary<string, string> values, TimeSpan period)
    {
        lock (_gate)
        {
            _held = values;
            _renewAt = session.Clock.GetUtcNow() + period;
        }
        return values;
    }

    private async Task<IReadOnlyDictionary<string, string>> PagesAsync(string root, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>();
        var request = new GetParametersByPathRequest { Path = root.TrimEnd('/'), WithDecryption = true, MaxResults = 10 };
        for (int page = 0; page < PagesMax; page++)
        {
            GetParametersByPathResponse found = await session.Ssm.GetParametersByPathAsync(request, cancellationToken);
            foreach (Parameter parameter in found.Parameters ?? [])
                values[parameter.Name[(parameter.Name.LastIndexOf('/') + 1)..]] = parameter.Value;
            if (string.IsNullOrEmpty(found.NextToken))
                return values;
            request.NextToken = found.NextToken;
        }
        throw new AwsUnavailableException($"more than {PagesMax} pages of parameters", isAnswered: true);
    }
}
