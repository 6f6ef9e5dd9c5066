using System.Text.RegularExpressions;

namespace Cki;

/// <summary>What several readers ask of a value.</summary>
internal static partial class EntryChecks
{
    /// <summary>A name that can stand in keys and addresses.</summary>
    public static string Name(this EntryReader entry, string field)
    {
        string name = entry.Required(field);
        if (name.Length > 0 && !NamePattern().IsMatch(name))
            entry.Wrong(field, $"'{name}' must be 1 to 40 characters of a-z, 0-9, '.', '_' and '-', starting with a letter or digit");
        return name;
    }

    /// <summary>The name of a secret, not the secret: its shape keeps most pasted tokens out.</summary>
    public static string? SecretName(this EntryReader entry, string field, ConfigNode.Scalar? scalar = null)
    {
        string? name = scalar?.Text ?? entry.Text(field);
        if (name is not null && !NamePattern().IsMatch(name))
            entry.Errors.Add(scalar?.Place ?? entry.Place(field), entry.PathOf(field), "must be the name of a secret (1 to 40 characters of a-z, 0-9, '.', '_', '-'), not the secret itself");
        return name;
    }

    public static string RequiredSecretName(this EntryReader entry, string field)
    {
        entry.Required(field);
        return entry.SecretName(field) ?? "";
    }

    /// <summary>http or https, without user, password, query and fragment.</summary>
    public static Uri Address(this EntryReader entry, string field)
    {
        string text = entry.Required(field);
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            if (url.UserInfo.Length > 0)
                entry.Wrong(field, "must not hold a user or password: this file is no place for secrets");
            else if (url.Query.Length > 0 || url.Fragment.Length > 0)
                entry.Wrong(field, "must not hold a query or fragment");
            return url;
        }
        if (text.Length > 0)
            entry.Wrong(field, $"'{WithoutUser(text)}' must be an http or https address");
        return new Uri("https://invalid.invalid/");
    }

    /// <summary>An address as it may be shown: who writes a password into one by mistake must not find it in a log.</summary>
    public static string WithoutUser(string address) => address.LastIndexOf('@') is var at and >= 0 ? $"***{address[at..]}" : address;

    /// <summary><c>host/group/project</c>, where host is one of trees.yaml's. Null where missing or wrong.</summary>
    public static ProjectRef? Project(this EntryReader entry, string field, IReadOnlyList<GitLabHost> hosts)
    {
        string? text = entry.Text(field);
        if (text is null)
            return null;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        string path = slash < 0 ? "" : text[(slash + 1)..];
        string[] names = [.. hosts.Select(h => h.Name)];
        if (!ProjectPath().IsMatch(path))
            entry.Wrong(field, $"'{WithoutUser(text)}' must be host/group/project");
        else if (!names.Contains(host))
            entry.Errors.AddDangling(entry.Place(field), entry.PathOf(field), $"'{host}' is none of the hosts{ConfigErrors.Suggestion(host, names)}");
        else
            return new ProjectRef(host, path);
        return null;
    }

    /// <summary>Every name once.</summary>
    public static void Unique(this EntryReader entry, string field, HashSet<string> taken, string name)
    {
        if (name.Length > 0 && !taken.Add(name))
            entry.Wrong(field, $"'{name}' is used twice");
    }

    /// <summary>Null when the pattern can be used, else why not.</summary>
    public static string? PatternFault(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (NotSupportedException)
        {
            return "needs what a matcher of bounded time cannot do: no lookaround, no backreferences, no atomic groups, no huge repetitions";
        }
        catch (ArgumentException e)
        {
            return $"is no regular expression: {e.Message}";
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,39}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+\z")]
    private static partial Regex ProjectPath();
}
