using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>
/// Dead letters go round: filed, returned after 1 h doubling to 24 h, parked after 10 returns. How often a letter was returned, and what
/// happened to it, travels with the message, so that the file can go while the message is on its way.
/// </summary>
public static class Circulation
{
    public const int RoundsMax = 10;

    /// <summary>Operators hear of a letter that is filed for this time or more.</summary>
    public const int NoticeFromFiling = 3;

    private const string RoundsAttribute = "dead-rounds";
    private const string HistoryAttribute = "dead-history";

    private static readonly TimeSpan First = TimeSpan.FromHours(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>How long the letter rests before its next return; null: it is parked.</summary>
    public static TimeSpan? RestAfter(int rounds)
    {
        if (rounds >= RoundsMax)
            return null;
        TimeSpan doubled = First * (1 << Math.Min(rounds, 5));
        return doubled < Longest ? doubled : Longest;
    }

    public static bool IsNoticeable(DeadLetter letter) => letter.Parked || letter.Rounds + 1 >= NoticeFromFiling;

    /// <summary>The letter as it is to stand after <paramref name="message"/> came out of a queue's dead letters.</summary>
    /// <param name="queue">Where it came from and goes back to.</param>
    /// <param name="standing">What is filed under the same key already; null for nothing.</param>
    public static DeadLetter File(ReceivedMessage message, string queue, DeadLetter? standing, DateTimeOffset now)
    {
        int rounds = message.Attributes.TryGetValue(RoundsAttribute, out string? text) && int.TryParse(text, out int n) && n > 0 ? n : 0;
        // The same filing once more: we were killed before the queue heard of it.
        if (standing is not null && standing.Rounds >= rounds)
            return standing;
        TimeSpan? rest = RestAfter(rounds);
        string[] before = message.Attributes.TryGetValue(HistoryAttribute, out string? history) ? history.Split('\n') : [];
        string line = string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyy-MM-dd HH:mm}Z filed, time {rounds + 1}{(rest is null ? ", parked" : "")}");
        return new DeadLetter(queue, IdOf(message), message.Body, message.Group, Kept(message.Attributes), message.FirstSent, now)
        {
            Rounds = rounds, ReturnAt = now + rest, Parked = rest is null, History = [.. before, line],
        };
    }

    /// <summary>The letter as it goes back: put-offs count from zero again, or it would fail at once.</summary>
    public static OutgoingMessage Return(DeadLetter letter) => new(letter.Queue, letter.Body, letter.Group)
    {
        Attributes = new Dictionary<string, string>(letter.Attributes)
        {
            [RoundsAttribute] = (letter.Rounds + 1).ToString(CultureInfo.InvariantCulture),
            [HistoryAttribute] = string.Join('\n', letter.History),
        },
    };

    /// <summary>
    /// The event's own id where the body has one that is safe in a key, else a hash of the body: queues number anew, and a letter that
    /// comes again must be known again.
    /// </summary>
    private static string IdOf(ReceivedMessage message)
    {
        try
        {
            string id = CloudEvent.Parse(message.Body).Id;
            if (id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                return id;
        }
        catch (UnreadableMessageException)
        {
            // Then it has no id.
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Body)))[..32];
    }

    private static Dictionary<string, string> Kept(IReadOnlyDictionary<string, string> attributes) =>
        attributes.Where(a => a.Key is not (RoundsAttribute or HistoryAttribute or Post.HopAttribute)).ToDictionary(a => a.Key, a => a.Value);
}
