namespace Cki.GitLabSimulator;

/// <summary>One endpoint.</summary>
/// <param name="Role">What the caller must be in the project; None where a signed-in user, or nobody, will do.</param>
internal sealed record Route(string Method, string Pattern, GitLabRole Role, Func<GitLabWorld, ApiRequest, Answer> Act)
{
    private readonly string[] _parts = Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public string Name { get; } = $"{Method} {Pattern}";

    /// <summary>False on trigger/pipeline: its own token is the permission.</summary>
    public bool NeedsToken { get; init; } = true;

    /// <summary>Segments are compared while still escaped, so that <c>group%2Fproject</c> stays one. A last <c>*name</c> takes the rest.</summary>
    public bool Matches(string method, IReadOnlyList<string> segments, SortedDictionary<string, string> named)
    {
        bool open = _parts.Length > 0 && _parts[^1][0] == '*';
        if (method != Method || (open ? segments.Count < _parts.Length : segments.Count != _parts.Length))
            return false;
        named.Clear();
        for (int i = 0; i < _parts.Length; i++)
            if (!Matches(i, segments, named))
                return false;
        return true;
    }

    private bool Matches(int i, IReadOnlyList<string> segments, SortedDictionary<string, string> named)
    {
        string part = _parts[i];
        if (part[0] == '*')
            named[part[1..]] = string.Join('/', segments.Skip(i).Select(Uri.UnescapeDataString));
        else if (part[0] == ':')
            named[part[1..]] = Uri.UnescapeDataString(segments[i]);
        else
            return part == segments[i];
        return true;
    }
}
