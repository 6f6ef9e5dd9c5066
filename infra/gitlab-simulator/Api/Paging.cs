using System.Globalization;
using System.Text.Json.Nodes;

namespace Cki.GitLabSimulator;

/// <summary>GitLab's two ways of paging. Links repeat every other parameter of the request.</summary>
internal static class Paging
{
    private const int PerPageMax = 100;

    /// <summary>Above this GitLab tells no totals and no last page.</summary>
    private const int CountedMax = 10_000;

    /// <param name="items">In the order asked for.</param>
    public static Answer Page<T>(GitLabWorld world, ApiRequest request, IReadOnlyList<T> items, Func<T, JsonNode> show)
    {
        int per = Math.Clamp(Parse(request.Text("per_page"), 20), 1, PerPageMax);
        int page = Math.Max(1, Parse(request.Text("page"), 1));
        int pages = Math.Max(1, (items.Count + per - 1) / per);
        bool counted = items.Count <= CountedMax;
        var links = new List<string>();
        if (page > 1)
            links.Add(Link(world, request, ("prev", "page", page - 1, per)));
        if (page < pages)
            links.Add(Link(world, request, ("next", "page", page + 1, per)));
        links.Add(Link(world, request, ("first", "page", 1, per)));
        if (counted)
            links.Add(Link(world, request, ("last", "page", pages, per)));
        var headers = new List<(string, string)>
        {
            ("Link", string.Join(", ", links)), ("x-next-page", page < pages ? $"{page + 1}" : ""), ("x-page", $"{page}"),
            ("x-per-page", $"{per}"), ("x-prev-page", page > 1 ? $"{page - 1}" : ""),
        };
        if (counted)
            headers.AddRange([("x-total", $"{items.Count}"), ("x-total-pages", $"{pages}")]);
        return Answer.Ok(CommonJson.Array(items.Skip((page - 1) * per).Take(per).Select(show))) with { Headers = headers };
    }

    /// <summary>Keyset by descending id; only a Link to the next page, none at the end.</summary>
    public static Answer Keyset<T>(GitLabWorld world, ApiRequest request, IReadOnlyList<T> descending, (Func<T, long> Id, Func<T, JsonNode> Show) of)
    {
        int per = Math.Clamp(Parse(request.Text("per_page"), 20), 1, PerPageMax);
        long cursor = long.TryParse(request.Text("id_before"), CultureInfo.InvariantCulture, out long before) ? before : long.MaxValue;
        T[] rest = [.. descending.Where(item => of.Id(item) < cursor)];
        T[] shown = [.. rest.Take(per)];
        Answer answer = Answer.Ok(CommonJson.Array(shown.Select(of.Show)));
        return rest.Length <= per ? answer
            : answer with { Headers = [("Link", Link(world, request, ("next", "id_before", of.Id(shown[^1]), per)))] };
    }

    private static string Link(GitLabWorld world, ApiRequest request, (string Rel, string Key, long Value, int Per) to)
    {
        IEnumerable<string> kept = request.Query
            .Where(pair => pair.Name != to.Key && pair.Name != "per_page")
            .Append((Name: to.Key, Value: $"{to.Value}")).Append((Name: "per_page", Value: $"{to.Per}"))
            .Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}");
        return $"<{world.Settings.Url}{request.Uri.AbsolutePath}?{string.Join('&', kept)}>; rel=\"{to.Rel}\"";
    }

    private static int Parse(string? text, int otherwise) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
