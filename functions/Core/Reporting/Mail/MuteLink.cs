using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>
/// What a mute link allows, and to whom. The token is <c>base64url(fields).base64url(HMAC-SHA256 of them)</c>: who holds it may mute just this, until
/// <paramref name="Until"/>, and nothing else.
/// </summary>
/// <param name="Channel">Names the mail channel whose key signed it.</param>
/// <param name="Until">The link's end; a mute by it ends no later than <see cref="Mute.LongestFor"/> after it was asked for.</param>
public sealed record MuteLink(string Channel, TreeName Tree, string Pattern, string Address, DateTimeOffset Until)
{
    public const string Path = "mute/";

    /// <summary>Beyond it nothing is read.</summary>
    public const int TokenMax = 1500;

    /// <summary>A shorter key could be guessed.</summary>
    public const int KeyCharactersMin = 16;

    private const string Version = "1";
    private const int FieldMax = 260;

    /// <summary>Keys of a secret, separated by blanks: the first signs, all verify, so that a key can be changed. Empty: none is good.</summary>
    public static IReadOnlyList<byte[]> Keys(string secret) =>
        [.. secret.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(k => k.Length >= KeyCharactersMin).Select(Encoding.UTF8.GetBytes)];

    public string Token(byte[] key)
    {
        string[] fields = [Version, Channel, Tree.Value, Pattern, Address, Until.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)];
        byte[] body = Encoding.UTF8.GetBytes(string.Join('\n', fields.Select(f => f.ReplaceLineEndings(" "))));
        return $"{Base64Url.EncodeToString(body)}.{Base64Url.EncodeToString(Sign(key, body))}";
    }

    /// <summary>What a token claims; nothing of it is true before <see cref="IsGenuine"/> says so.</summary>
    public static bool TryRead(string token, [NotNullWhen(true)] out MuteLink? claimed)
    {
        claimed = null;
        if (Body(token) is not { } body)
            return false;
        string[] fields = Encoding.UTF8.GetString(body).Split('\n');
        if (fields is not [Version, var channel, var tree, var pattern, var address, var until] || fields.Any(f => f.Length is 0 or > FieldMax)
            || !long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return false;
        claimed = new MuteLink(channel, new TreeName(tree), pattern, address, DateTimeOffset.FromUnixTimeSeconds(seconds));
        return true;
    }

    /// <summary>Takes the same time for every wrong signature.</summary>
    public static bool IsGenuine(string token, IReadOnlyList<byte[]> keys)
    {
        byte[]? given = Decoded(token[(token.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        if (Body(token) is not { } body || given is null)
            return false;
        bool isGenuine = false;
        foreach (byte[] key in keys)
            isGenuine |= CryptographicOperations.FixedTimeEquals(Sign(key, body), given);
        return isGenuine;
    }

    /// <param name="door">Public address of the front door.</param>
    public string Under(Uri door, byte[] key) =>
        $"{door.AbsoluteUri.TrimEnd('/')}/{Path}{Token(key)}";

    // A word of its own before the fields: the key signs nothing else that could be read as a link.
    private static byte[] Sign(byte[] key, byte[] body)
    {
        byte[] said = [.. "cki-mute\n"u8, .. body];
        return HMACSHA256.HashData(key, said);
    }

    private static byte[]? Body(string token)
    {
        int dot = token.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 || token.Length > TokenMax ? null : Decoded(token[..dot]);
    }

    /// <summary>Of several spellings of the same bytes only ours.</summary>
    private static byte[]? Decoded(string text)
    {
        byte[] bytes = new byte[text.Length];
        return Base64Url.IsValid(text) && Base64Url.TryDecodeFromChars(text, bytes, out int written) && Base64Url.EncodeToString(bytes.AsSpan(0, written)) == text
            ? bytes[..written]
            : null;
    }
}
