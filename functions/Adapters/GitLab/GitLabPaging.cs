using System.Net.Http.Headers;

namespace Cki.Adapters;

/// <summary>The next page of a list, by the <c>Link</c> header: page numbers and totals are missing on large lists.</summary>
internal static class GitLabPaging
{
    /// <summary>Null at the end. The address stays on <paramref name="asked"/>'s scheme and host whatever the header says, so that a proxy's
    /// wrong <c>external_url</c> neither breaks paging nor sends our token elsewhere.</summary>
    public static Uri? Next(HttpResponseHeaders headers, Uri asked)
    {
        if (!headers.TryGetValues("Link", out IEnumerable<string>? values))
            return null;
        string? target = values.SelectMany(Links).FirstOrDefault(link => link.IsNext).Target;
        return target is not null && Uri.TryCreate(asked, target, out Uri? next) ? new Uri(asked, next.PathAndQuery) : null;
    }

    /// <summary>Splits <c>&lt;url&gt;; rel="next", &lt;url&gt;; rel="first"</c>; commas and semicolons inside the brackets belong to the address.</summary>
    private static IEnumerable<(string Target, bool IsNext)> Links(string header)
    {
        int at = 0;
        while (at < header.Length)
        {
            int open = header.IndexOf('<', at);
            int close = open < 0 ? -1 : header.IndexOf('>', open);
            if (close < 0)
                yield break;
            int end = header.IndexOf('<', close);
            string parameters = end < 0 ? header[close..] : header[close..end];
            yield return (header[(open + 1)..close], parameters.Contains("rel=\"next\"") || parameters.Contains("rel=next"));
            at = end < 0 ? header.Length : end;
        }
    }
}
