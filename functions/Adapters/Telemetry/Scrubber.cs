using System.Text.RegularExpressions;

namespace Cki.Adapters;

/// <summary>Takes secrets out of texts that leave the process: those that were read here, and what looks like one.</summary>
public sealed partial class Scrubber
{
    /// <summary>What stands where a secret stood.</summary>
    public const string Mask = "***";

    /// <summary>Shorter ones would blot out words.</summary>
    private const int LengthMin = 6;

    private readonly Lock _gate = new();
    private volatile string[] _known = [];

    /// <summary>Remembers a secret's value, and its single lines where it has several.</summary>
    public void Learn(string secret)
    {
        lock (_gate)
        {
            string[] added =
            [
                .. secret.Split('\n', StringSplitOptions.TrimEntries).Append(secret)
                    .Where(line => line.Length >= LengthMin && !_known.Contains(line, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal),
            ];
            // The longest first: a secret may contain another.
            if (added.Length > 0)
                _known = [.. _known.Concat(added).OrderByDescending(known => known.Length).ThenBy(known => known, StringComparer.Ordinal)];
        }
    }

    public string Clean(string text)
    {
        foreach (string secret in _known)
            text = text.Replace(secret, Mask, StringComparison.Ordinal);
        return LooksSecret().Replace(text, Mask);
    }

    /// <summary>GitLab's and Slack's tokens, webhook signing keys, bearer tokens, credentials in addresses, AWS access keys.</summary>
    [GeneratedRegex(@"\bgl[a-z]{2,5}-[\w-]{16,}|\bwhsec_[\w+/=]{20,}|(?<=\bBearer )[\w.~+/=-]{8,}|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)|(?<=hooks\.slack\.com/)[\w/]+|\bxox[a-z]-[\w-]{10,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")]
    private static partial Regex LooksSecret();
}

/// <summary>Secrets as they are, with a scrubber that learns each value that was handed out.</summary>
public sealed class ScrubbedSecrets(ISecrets secrets, Scrubber scrubber) : ISecrets
{
    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        string? value = await secrets.GetAsync(name, cancellationToken);
        if (value is not null)
            scrubber.Learn(value);
        return value;
    }
}
