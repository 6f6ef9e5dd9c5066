namespace Cki;

/// <summary>What all pages share: head, title, footer.</summary>
public static class BoardFrame
{
    public const string Home = "board/index.html";

    /// <summary>No page is heavier (UTF-16 units); what does not fit is counted and stands in the JSON beside it.</summary>
    public const int PageMax = 400_000;

    /// <param name="root">Path from the page to the board's root: empty or <c>../</c>.</param>
    public static string Page(string title, string root, Action<HtmlText> body)
    {
        var html = new HtmlText();
        using (html.Tag("html", null, ("lang", "en")))
        {
            using (html.Tag("head"))
                Head(html, title, root);
            using (html.Tag("body"))
            {
                using (html.Tag("main"))
                    body(html);
            }
        }
        return html.ToString();
    }

    /// <summary>A word with the colour of its meaning; the word alone says it too.</summary>
    public static void Badge(HtmlText html, string word, string tone) => html.Element("span", word, $"badge {tone}");

    public static void Badge(HtmlText html, Verdict verdict) => Badge(html, ReportWords.Of(verdict), Tone(verdict));

    public static string Tone(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "good",
        Verdict.Failed => "bad",
        Verdict.Superseded or Verdict.Canceled or Verdict.Vanished => "idle",
        _ => "odd",
    };

    public static string Tone(CellResult result) => result switch
    {
        CellResult.Pass => "good",
        CellResult.Fail => "bad",
        CellResult.NotRun => "hole",
        _ => "odd",
    };

    public static void Time(HtmlText html, DateTimeOffset at) =>
        html.Element("time", ReportWords.Second(at), null, ("datetime", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)));

    private static void Head(HtmlText html, string title, string root)
    {
        _ = html.Tag("meta", null, ("charset", "utf-8"));
        _ = html.Tag("meta", null, ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        _ = html.Tag("meta", null, ("name", "color-scheme"), ("content", "light dark"));
        _ = html.Tag("meta", null, ("name", "referrer"), ("content", "no-referrer"));
        html.Line().Element("title", title);
        _ = html.Tag("link", null, ("rel", "stylesheet"), ("href", root.Length == 0 ? "style.css" : $"{root}style.css"));
        html.Line();
    }
}
