using System.Globalization;

namespace Cki;

/// <summary>Where a page stands on the board.</summary>
/// <param name="Root">Path from the page to the board's root: empty, <c>../</c> or <c>../../</c>.</param>
/// <param name="Json">Path from the page to the same as JSON.</param>
public sealed record BoardPlace(string Title, string Root, string Json)
{
    /// <summary>The page of the navigation that it is, relative to the root; null: none of them.</summary>
    public string? Current { get; init; }

    /// <summary>Path to a feed of what is on the page; null: none.</summary>
    public string? Feed { get; init; }
}

/// <summary>What all pages share: head, skip link, navigation, title, footer.</summary>
public static class BoardFrame
{
    /// <summary>
    /// Parts that can be long end here, in bytes; what follows them (a timeline) has room up to 500 KB. What does not fit is
    /// counted and stands in the JSON beside it.
    /// </summary>
    public const int PageMax = 340_000;

    private static readonly (string Page, string Name)[] Navigation =
        [("index.html", "Trees"), ("state.html", "State"), ("history.html", "History"), ("matchers.html", "Matchers")];

    public static string Page(BoardPlace place, Action<HtmlText> body)
    {
        var html = new HtmlText();
        using (html.Tag("html", null, ("lang", "en")))
        {
            using (html.Tag("head"))
                Head(html, place);
            using (html.Tag("body"))
            {
                html.LinkIn("#main", "Skip to content", "skip").Line();
                Navigate(html, place);
                using (html.Tag("main", null, ("id", "main")))
                    body(html);
                Foot(html, place);
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
        html.Element("time", ReportWords.Second(at), null, ("datetime", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)));

    /// <summary>A table that scrolls by itself where the screen is narrow, with the keyboard too.</summary>
    public static void Table(HtmlText html, string caption, IReadOnlyList<string> columns, Action<HtmlText> rows, string css = "facts-table")
    {
        using HtmlText.Closing scroll = html.Tag("div", "scroll", ("role", "region"), ("tabindex", "0"), ("aria-label", caption));
        using HtmlText.Closing table = html.Tag("table", css);
        html.Element("caption", caption);
        using (html.Tag("thead"))
        {
            using HtmlText.Closing row = html.Tag("tr");
            foreach (string column in columns)
                html.Element("th", column, null, ("scope", "col"));
        }
        using HtmlText.Closing body = html.Tag("tbody");
        rows(html);
    }

    /// <summary>Percent of a picture's width.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(share, 0, 1) * 100:0.##}%");

    private static void Head(HtmlText html, BoardPlace place)
    {
        _ = html.Tag("meta", null, ("charset", "utf-8"));
        _ = html.Tag("meta", null, ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        _ = html.Tag("meta", null, ("name", "color-scheme"), ("content", "light dark"));
        _ = html.Tag("meta", null, ("name", "referrer"), ("content", "no-referrer"));
        html.Line().Element("title", $"{place.Title} - CKI");
        _ = html.Tag("link", null, ("rel", "stylesheet"), ("href", $"{place.Root}style.css"));
        _ = html.Tag("link", null, ("rel", "icon"), ("type", "image/svg+xml"), ("href", $"{place.Root}icon.svg"));
        _ = html.Tag("link", null, ("rel", "alternate"), ("type", "application/json"), ("href", place.Json));
        if (place.Feed is { } feed)
            _ = html.Tag("link", null, ("rel", "alternate"), ("type", "application/atom+xml"), ("title", place.Title), ("href", feed));
        html.Line();
    }

    private static void Navigate(HtmlText html, BoardPlace place)
    {
        using HtmlText.Closing header = html.Tag("header", "top");
        using HtmlText.Closing nav = html.Tag("nav", null, ("aria-label", "Board"));
        html.Element("span", "CKI", "brand");
        foreach ((string page, string name) in Navigation)
        {
            html.Text(" ");
            if (page == place.Current)
                html.Element("a", name, null, ("href", $"{place.Root}{page}"), ("aria-current", "page"));
            else
                html.LinkIn($"{place.Root}{page}", name);
        }
    }

    private static void Foot(HtmlText html, BoardPlace place)
    {
        using HtmlText.Closing footer = html.Tag("footer");
        html.LinkIn(place.Json, "This page as JSON");
        if (place.Feed is { } feed)
            html.Text(" ").LinkIn(feed, "Feed");
    }
}
