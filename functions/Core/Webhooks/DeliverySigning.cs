using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>The other side of <see cref="DeliveryProof"/>: makes a delivery genuine, for the probe and for replays. The door knows no exemption.</summary>
public static class DeliverySigning
{
    /// <summary>Names of the secrets, any of which <see cref="Headers"/> can use: signing keys where the source has some.</summary>
    public static IReadOnlyList<string> SecretsOf(SourceConfig source) =>
        source.SigningSecrets.Count > 0 ? source.SigningSecrets : source.TokenSecrets;

    /// <summary>The headers that prove it, by lower-case name.</summary>
    /// <param name="id">The delivery's id, without dots.</param>
    /// <param name="secret">The value of one of <see cref="SecretsOf"/>.</param>
    /// <exception cref="ArgumentException">The secret is no signing key where one is needed.</exception>
    public static IReadOnlyDictionary<string, string> Headers(SourceConfig source, string id, ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        if (source.Kind == SourceKinds.StandardWebhooks || (source.Kind == SourceKinds.GitLab && source.SigningSecrets.Count > 0))
            return Signed(source, id, body, secret, now);
        string proof = source.Kind switch
        {
            SourceKinds.GitLab => secret,
            SourceKinds.Bearer => SourceKinds.ProofHeader(source) == "authorization" ? $"Bearer {secret}" : secret,
            SourceKinds.Basic => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))}",
            _ => Mac(source, body, secret),
        };
        return new Dictionary<string, string> { [SourceKinds.ProofHeader(source)] = proof };
    }

    internal static string Mac(SourceConfig source, ReadOnlySpan<byte> body, string secret)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, mac);
        return Prefix(source) + (source.IsBase64 ? Convert.ToBase64String(mac) : Convert.ToHexStringLower(mac));
    }

    internal static string Prefix(SourceConfig source) => source.Kind == SourceKinds.GitHub ? "sha256=" : source.ProofPrefix;

    private static Dictionary<string, string> Signed(SourceConfig source, string id, ReadOnlySpan<byte> body, string secret, DateTimeOffset now)
    {
        if (!WebhookKey.TryParse(secret, out WebhookKey? key))
            throw new ArgumentException($"Source {source.Name}: its signing secret is no signing key (whsec_ and base64 of 24 to 64 bytes)", nameof(secret));
        return new Dictionary<string, string>
        {
            [StandardWebhooks.IdHeader] = id,
            [StandardWebhooks.TimestampHeader] = StandardWebhooks.Seconds(now),
            [StandardWebhooks.SignatureHeader] = StandardWebhooks.Sign([key], id, now, body),
        };
    }
}
