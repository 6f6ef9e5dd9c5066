using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>
/// Whether a delivery is its source's. Every comparison takes the same time for each wrong value. Where a GitLab delivery carries a signature,
/// the signature must verify: a right token beside a wrong signature is refused, since whoever could strip the check could forge the rest.
/// </summary>
public static class DeliveryProof
{
    /// <summary>The names of the secrets that can tell; empty where no secret could make this delivery genuine.</summary>
    /// <param name="headers">By lower-case name.</param>
    public static IReadOnlyList<string> SecretsFor(SourceConfig source, IReadOnlyDictionary<string, string> headers)
    {
        if (SourceKinds.Signs(source.Kind) || IsSigned(source, headers))
            return headers.ContainsKey(IsSigned(source, headers) ? StandardWebhooks.SignatureHeader : SourceKinds.ProofHeader(source)) ? source.SigningSecrets : [];
        return string.IsNullOrEmpty(headers.GetValueOrDefault(SourceKinds.ProofHeader(source))) ? [] : source.TokenSecrets;
    }

    /// <summary>Null when one of the secrets proves it, else why not, in one line without any secret.</summary>
    /// <param name="secrets">Values of (some of) the secrets that <see cref="SecretsFor"/> names.</param>
    public static string? WhyNot(
        SourceConfig source, IReadOnlyDictionary<string, string> headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (source.Kind == SourceKinds.StandardWebhooks || IsSigned(source, headers))
            return Signed(source, headers, body, secrets, now);
        string header = SourceKinds.ProofHeader(source);
        string given = headers.GetValueOrDefault(header) ?? "";
        bool isGenuine = false;
        foreach (string secret in secrets)
            isGenuine |= secret.Length > 0 && IsProof(source, given, body, secret);
        return isGenuine ? null : $"{Shown(header)} is missing or wrong.";
    }

    private static bool IsSigned(SourceConfig source, IReadOnlyDictionary<string, string> headers) =>
        source.Kind == SourceKinds.GitLab && headers.ContainsKey(StandardWebhooks.SignatureHeader);

    private static string? Signed(
        SourceConfig source, IReadOnlyDictionary<string, string> headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (source.SigningSecrets.Count == 0)
            return "webhook-signature is given, but sources.yaml names no signing_secrets for this source.";
        var keys = new List<WebhookKey>();
        foreach (string secret in secrets)
        {
            if (WebhookKey.TryParse(secret, out WebhookKey? key))
                keys.Add(key);
        }
        SignatureCheck check = StandardWebhooks.Verify(
            keys,
            headers.GetValueOrDefault(StandardWebhooks.IdHeader),
            headers.GetValueOrDefault(StandardWebhooks.TimestampHeader),
            headers.GetValueOrDefault(StandardWebhooks.SignatureHeader),
            body,
            now);
        return check switch
        {
            SignatureCheck.Genuine => null,
            SignatureCheck.Incomplete => "webhook-id, webhook-timestamp or webhook-signature is missing or malformed.",
            SignatureCheck.OutOfTime => "webhook-timestamp is more than 5 minutes off.",
            _ => "webhook-signature is wrong.",
        };
    }

    private static bool IsProof(SourceConfig source, string given, ReadOnlySpan<byte> body, string secret) => source.Kind switch
    {
        SourceKinds.Bearer when SourceKinds.ProofHeader(source) == "authorization" => AreEqual($"Bearer {secret}", Scheme(given, "Bearer")),
        SourceKinds.Bearer or SourceKinds.GitLab => AreEqual(secret, given),
        SourceKinds.Basic => AreEqual($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))}", Scheme(given, "Basic")),
        _ => IsMac(source, given, body, secret),
    };

    // Hex is written in either case.
    private static bool IsMac(SourceConfig source, string given, ReadOnlySpan<byte> body, string secret)
    {
        string prefix = DeliverySigning.Prefix(source);
        if (!given.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        string signature = given[prefix.Length..].Trim();
        return AreEqual(DeliverySigning.Mac(source, body, secret), prefix + (source.IsBase64 ? signature : signature.ToLowerInvariant()));
    }

    // HTTP's schemes are written in any case.
    private static string Scheme(string given, string scheme) =>
        given.StartsWith($"{scheme} ", StringComparison.OrdinalIgnoreCase) ? $"{scheme} {given[(scheme.Length + 1)..].Trim()}" : given;

    // Hashes are of equal length, so that the time taken tells nothing of the secret's length either.
    private static bool AreEqual(string expected, string given) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    /// <summary><c>x-gitlab-token</c> as people write it: <c>X-Gitlab-Token</c>.</summary>
    private static string Shown(string header) =>
        string.Join('-', header.Split('-').Select(word => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
