using System.Globalization;
using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>One request, read and unescaped.</summary>
internal sealed class ApiRequest(string method, Uri uri, JsonObject body)
{
    public string Method { get; } = method;
    public Uri Uri { get; } = uri;
    public JsonObject Body { get; } = body;

    /// <summary>Path segments that the route named.</summary>
    public SortedDictionary<string, string> Path { get; } = new(StringComparer.Ordinal);
    public IReadOnlyList<(string Name, string Value)> Query { get; } = Forms.Pairs(uri.Query.TrimStart('?'));

    /// <summary>Set once the caller is known and may do it.</summary>
    public GitLabUser? User { get; set; }
    public GitLabToken? Token { get; set; }
    public GitLabProject? Target { get; set; }
    public GitLabProject Project => Target ?? throw new InvalidOperationException($"The route of {Uri} has no project.");
    public GitLabUser Caller => User ?? throw new InvalidOperationException($"The route of {Uri} let a stranger in.");

    /// <summary>From the query, else from the body.</summary>
    public string? Text(string name)
    {
        foreach ((string key, string value) in Query)
            if (key == name)
                return value;
        return Body[name] is { } node ? node is JsonValue single && single.TryGetValue(out string? text) ? text : node.ToJsonString() : null;
    }

    /// <summary><c>name[]=a&amp;name[]=b</c>, <c>name=a</c> or a JSON array; empty when not given.</summary>
    public IReadOnlyList<string> Many(string name)
    {
        string[] query = [.. Query.Where(pair => pair.Name == name || pair.Name == name + "[]").Select(pair => pair.Value)];
        return query.Length > 0 ? query : Body[name] is JsonArray array ? [.. array.Select(item => item?.ToString() ?? "")] : [];
    }

    public bool Flag(string name) => MaybeFlag(name) is true;

    public bool? MaybeFlag(string name) => Text(name) is { } text ? IsYes(text) : null;

    // What GitLab's Grape takes for true: python-gitlab writes True.
    private static bool IsYes(string text) => text is "1" or "on" or "On" or "ON" or "t" or "true" or "True" or "TRUE" or "T" or "y" or "yes" or "Yes" or "YES" or "Y";

    public long Number(string name) => long.TryParse(Path[name], CultureInfo.InvariantCulture, out long id) ? id : -1;

    public DateTimeOffset? Time(string name) =>
        DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null;
}
