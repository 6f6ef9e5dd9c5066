using System.Text;

namespace Cki;

/// <summary>
/// Routing keys as CKI's consumers know them, words parted by dots: <c>gitlab.com.cki-project.kernel-ark.push</c>,
/// <c>sentry.my-project.issue</c>; and topic-exchange bindings over them: <c>*</c> is one word, <c>#</c> any number of words.
/// </summary>
public static class RoutingKeys
{
    /// <summary>AMQP 0.9.1 carries at most 255 bytes.</summary>
    public const int CharactersMax = 255;

    /// <param name="origin">Host of a forge, or the source's name.</param>
    /// <param name="project">Path of the project; slashes part words; null where the delivery names none.</param>
    /// <param name="kind">The event.</param>
    public static string Of(string origin, string? project, string kind)
    {
        string[] words = [.. Words(origin, keepsDots: true), .. Words(project ?? "", keepsDots: true), .. Words(kind, keepsDots: false)];
        string key = string.Join('.', words.Where(w => w.Length > 0));
        return key.Length <= CharactersMax ? key : key[..CharactersMax].TrimEnd('.');
    }

    /// <summary>Null when the binding can be used, else why not.</summary>
    public static string? BindingFault(string binding)
    {
        if (binding.Length is 0 or > CharactersMax)
            return $"must have 1 to {CharactersMax} characters";
        foreach (string word in binding.Split('.'))
        {
            if (word is "*" or "#")
                continue;
            if (word.Length == 0)
                return "has an empty word";
            if (word.Any(c => !IsPlain(c)))
                return $"has the word '{word}': a word is *, # or letters, digits, '-' and '_'";
        }
        return null;
    }

    /// <summary>In time proportional to words of key times words of binding, whatever the binding.</summary>
    public static bool IsMatch(string binding, string key)
    {
        string[] pattern = binding.Split('.');
        string[] words = key.Split('.');
        // reached[j]: the pattern so far can stand for the first j words.
        var reached = new bool[words.Length + 1];
        reached[0] = true;
        foreach (string word in pattern)
        {
            var next = new bool[words.Length + 1];
            next[0] = word == "#" && reached[0];
            for (int j = 1; j <= words.Length; j++)
                next[j] = word == "#" ? reached[j] || next[j - 1] : reached[j - 1] && (word == "*" || word == words[j - 1]);
            reached = next;
        }
        return reached[words.Length];
    }

    private static IEnumerable<string> Words(string text, bool keepsDots) =>
        (keepsDots ? text.Split('/', '.') : [text.Replace('.', '_')]).Select(Plain);

    private static string Plain(string word)
    {
        var plain = new StringBuilder(word.Length);
        foreach (char c in word)
            plain.Append(IsPlain(c) ? c : '_');
        return plain.ToString();
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
