using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>Names a delivery so that the same one posted again has the same name.</summary>
public static class DeliveryId
{
    /// <summary>Longer ids, or ids with other characters than letters, digits, <c>-</c> and <c>_</c>, are replaced by their SHA-256.</summary>
    public const int CharactersMax = 64;

    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Idempotency-Key, else webhook-id, else X-GitHub-Delivery, else SHA-256 of the body (64 hex digits); always safe as a segment of a key.</summary>
    /// <param name="headers">By lower-case name.</param>
    public static string Of(IReadOnlyDictionary<string, string> headers, ReadOnlySpan<byte> body)
    {
        string? given = Given(headers, "idempotency-key") ?? Given(headers, "webhook-id") ?? Given(headers, "x-github-delivery");
        if (given is null)
            return Convert.ToHexStringLower(SHA256.HashData(body));
        bool isSafe = given.Length <= CharactersMax && !given.AsSpan().ContainsAnyExcept(Safe);
        return isSafe ? given : $"id-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(given)))[..40]}";
    }

    private static string? Given(IReadOnlyDictionary<string, string> headers, string name) =>
        headers.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
