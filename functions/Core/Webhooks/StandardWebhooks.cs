using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>Why a delivery's signature was not accepted.</summary>
public enum SignatureCheck
{
    Genuine,

    /// <summary>webhook-id, webhook-timestamp or webhook-signature is missing, or the timestamp is no number.</summary>
    Incomplete,

    /// <summary>Signed too long ago, or in the future.</summary>
    OutOfTime,

    /// <summary>None of the entries is ours.</summary>
    Wrong,
}

/// <summary>A signing key: <c>whsec_</c> (optional) and base64 of 24 to 64 bytes.</summary>
public sealed class WebhookKey
{
    private const string Prefix = "whsec_";
    private readonly byte[] _bytes;

    private WebhookKey(byte[] bytes) => _bytes = bytes;

    /// <summary>False for what is not base64 or has a forbidden length.</summary>
    public static bool TryParse(string? secret, [NotNullWhen(true)] out WebhookKey? key)
    {
        key = null;
        string text = (secret ?? "").Trim();
        text = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out int length) || length is < 24 or > 64)
            return false;
        key = new WebhookKey(bytes[..length]);
        return true;
    }

    internal byte[] Sign(byte[] content) => HMACSHA256.HashData(_bytes, content);
}

/// <summary>Standard Webhooks 1.0.0, symmetric: HMAC-SHA256 over <c>id.timestamp.body</c>, the body's raw bytes.</summary>
public static class StandardWebhooks
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>Both ways, as the reference implementations have it.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string Version = "v1,";

    /// <summary>The value of <c>webhook-signature</c>: one entry per key, so that receivers can change keys at their leisure.
    /// Throws <see cref="ArgumentException"/> for an id with a dot, which would make the signed text ambiguous.</summary>
    public static string Sign(IReadOnlyList<WebhookKey> keys, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        if (id.Contains('.'))
            throw new ArgumentException($"A webhook id has no dots: {id}", nameof(id));
        byte[] content = Content(id, Seconds(at), body);
        return string.Join(' ', keys.Select(key => Version + Convert.ToBase64String(key.Sign(content))));
    }

    /// <summary>Unix seconds, as <c>webhook-timestamp</c> carries them.</summary>
    public static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Any entry signed by any key will do; entries of other versions and malformed ones are passed over. Takes the same time for
    /// every wrong signature.</summary>
    public static SignatureCheck Verify(
        IReadOnlyList<WebhookKey> keys, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(signatures) || id.Contains('.')
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            return SignatureCheck.Incomplete;
        if (Math.Abs((decimal)now.ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds)
            return SignatureCheck.OutOfTime;
        byte[] content = Content(id, timestamp, body);
        bool isGenuine = false;
        foreach (byte[] expected in keys.Select(key => key.Sign(content)))
        {
            foreach (byte[] given in Entries(signatures))
                isGenuine |= CryptographicOperations.FixedTimeEquals(expected, given);
        }
        return isGenuine ? SignatureCheck.Genuine : SignatureCheck.Wrong;
    }

    private static IEnumerable<byte[]> Entries(string signatures)
    {
        foreach (string entry in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var bytes = new byte[entry.Length];
            if (entry.StartsWith(Version, StringComparison.Ordinal) && Convert.TryFromBase64String(entry[Version.Length..], bytes, out int length))
                yield return bytes[..length];
        }
    }

    private static byte[] Content(string id, string seconds, ReadOnlySpan<byte> body) =>
        [.. Encoding.UTF8.GetBytes($"{id}.{seconds}."), .. body];
}
