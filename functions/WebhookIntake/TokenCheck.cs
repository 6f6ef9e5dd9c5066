using System.Security.Cryptography;
using System.Text;

namespace Cki.WebhookIntake;

/// <summary>Whether a delivery is genuine.</summary>
internal enum Genuineness
{
    Genuine,
    Wrong,

    /// <summary>No secret that could tell was readable: 503, never 401.</summary>
    Unknown,
}

/// <summary>Compares X-Gitlab-Token with each of a source's secrets, in constant time.</summary>
internal static class TokenCheck
{
    public const string Header = "x-gitlab-token";

    /// <param name="read">Reads one secret: null when there is none of that name; throws when its source does not answer.</param>
    /// <param name="failed">Told of each secret that could not be read or does not exist.</param>
    public static async Task<Genuineness> CheckAsync(
        SourceConfig source, string? token, Func<string, Task<string?>> read, Action<string, Exception?> failed)
    {
        // An absent token is wrong whatever the secrets are.
        if (string.IsNullOrEmpty(token))
            return Genuineness.Wrong;
        bool isGenuine = false, isAnyReadable = false, isAnyUnreadable = false;
        foreach (string name in source.TokenSecrets)
        {
            try
            {
                string? secret = await read(name);
                if (string.IsNullOrEmpty(secret))
                {
                    failed(name, null);
                    continue;
                }
                isAnyReadable = true;
                isGenuine |= AreEqual(secret, token);
            }
            catch (Exception e) when (e is SecretsUnavailableException or OperationCanceledException)
            {
                failed(name, e);
                isAnyUnreadable = true;
            }
        }
        if (isGenuine)
            return Genuineness.Genuine;
        return isAnyReadable && !isAnyUnreadable ? Genuineness.Wrong : Genuineness.Unknown;
    }

    // Hashes are of equal length, so that the time taken tells nothing of the secret's length either.
    private static bool AreEqual(string secret, string token) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
