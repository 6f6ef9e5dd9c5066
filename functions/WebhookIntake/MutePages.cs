namespace Cki.WebhookIntake;

/// <summary>The few pages behind a mute link: no script, no style, nothing from elsewhere, kept by nobody on the way.</summary>
internal static class MutePages
{
    private static readonly Dictionary<string, string> s_headers = new()
    {
        ["Content-Type"] = "text/html; charset=utf-8",
        ["Content-Security-Policy"] = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ["Referrer-Policy"] = "no-referrer",
        ["Cache-Control"] = "no-store",
        ["X-Content-Type-Options"] = "nosniff",
        ["X-Robots-Tag"] = "noindex",
    };

    public static readonly DoorAnswer NotOurs = Page(404, "This link is none of ours", "Perhaps it was cut on its way. Open it from the mail itself.");

    public static readonly DoorAnswer Over = Page(410, "This link has run out", "Newer mails have newer links.");

    public static readonly DoorAnswer TooLong = Page(413, "That was too much", "The form's answer is a few words long.");

    public static readonly DoorAnswer NotAllowed = With(Page(405, "Not like this", "Open the link and use its button."), "Allow", "GET, HEAD, POST");

    public static DoorAnswer Unavailable(TimeSpan retryAfter) =>
        With(Page(503, "Not now", "Nothing was changed. Please try again in a minute."), "Retry-After", ((int)retryAfter.TotalSeconds).ToString());

    public static DoorAnswer Done(MuteLink link, MuteAsked asked) => asked.Until <= asked.AskedAt
        ? Page(200, "Mails come again", $"{link.Address} gets mails of {What(link)} again, within a minute or so.")
        : Page(200, "Muted", $"{link.Address} gets no mails of {What(link)} until {ReportWords.Time(asked.Until)}. The same link takes it back.");

    public static DoorAnswer Question(MuteLink link, IReadOnlyList<int> days) => Page(200, "Stop these mails?", $"Mails to {link.Address} of {What(link)}.", html =>
    {
        using (html.Tag("form", null, ("method", "post")))
        {
            foreach (int each in days)
                html.Element("button", each == 0 ? "Let them come again" : $"Stop them for {each} days", null, ("name", "days"), ("value", each.ToString()), ("type", "submit")).Line();
        }
        html.Element("p", "Nobody else is concerned: operators and the board go on, and so do the tests.");
    });

    private static string What(MuteLink link) => link.Pattern == "*" ? $"tree {link.Tree}" : $"tree {link.Tree} where only jobs {link.Pattern} fail";

    private static DoorAnswer Page(int status, string title, string text, Action<HtmlText>? more = null)
    {
        var html = new HtmlText();
        using (html.Tag("html", null, ("lang", "en")))
        {
            using (html.Tag("head"))
            {
                html.Tag("meta", null, ("charset", "utf-8"));
                html.Tag("meta", null, ("name", "viewport"), ("content", "width=device-width"));
                html.Element("title", title);
            }
            using (html.Tag("body"))
            using (html.Tag("main"))
            {
                html.Element("h1", title).Element("p", text);
                more?.Invoke(html);
            }
        }
        return new DoorAnswer(status, html.ToString()) { Headers = s_headers };
    }

    private static DoorAnswer With(DoorAnswer page, string name, string value) => page with { Headers = new Dictionary<string, string>(s_headers) { [name] = value } };
}
