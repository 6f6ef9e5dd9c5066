using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>A real browser opens every page of a board of 500 runs as <c>cki board</c> serves it.</summary>
public sealed class BoardBrowserTests(ServedBoard board, ITestOutputHelper output) : IClassFixture<ServedBoard>
{
    private const int PhoneWidth = 360;
    private const int PageBytesMax = 500_000;

    /// <summary>WCAG 2.2 at level AA, and what axe calls best practice.</summary>
    private const string Check =
        """async () => { const r = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }); return r.violations.map(v => v.id + ': ' + v.help + ' at ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join(' | ')); }""";

    private Uri Address => board.Address;

    [Fact]
    public async Task Every_page_that_links_lead_to_opens_without_an_error_and_fits_a_phone_without_scripts()
    {
        await using IBrowserContext phone = await board.Browser.NewContextAsync(new() { ViewportSize = new() { Width = PhoneWidth, Height = 740 }, JavaScriptEnabled = false });
        IPage page = await phone.NewPageAsync();
        var troubles = new List<string>();
        page.Console += (_, said) => troubles.Add($"{page.Url}: {said.Text}");
        page.RequestFailed += (_, request) => troubles.Add($"{request.Url}: {request.Failure}");
        page.Request += (_, request) => troubles.AddRange(request.Url.StartsWith(Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) ? [] : [$"asked for {request.Url}"]);
        page.Response += (_, response) => troubles.AddRange(response.Status == 200 ? [] : [$"{response.Url}: {response.Status}"]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(["index.html"]);
        int heaviest = 0;
        while (waiting.TryDequeue(out string? at))
        {
            if (!seen.Add(at))
                continue;
            IResponse response = (await page.GotoAsync(new Uri(Address, at).ToString()))!;
            byte[] body = await response.BodyAsync();
            heaviest = Math.Max(heaviest, body.Length);
            Assert.InRange(body.Length, 200, PageBytesMax);
            Assert.Contains("default-src 'none'", (await response.AllHeadersAsync())["content-security-policy"]);
            string[] facts = await page.EvaluateAsync<string[]>("() => [String(document.documentElement.scrollWidth), ...[...document.querySelectorAll('a[href]')].map(a => a.href)]");
            Assert.True(int.Parse(facts[0]) <= PhoneWidth, $"{at} is {facts[0]} wide on a phone of {PhoneWidth}");
            foreach (string link in facts.Skip(1).Select(l => l.Split('#')[0]).Where(l => l.StartsWith(Address.ToString(), StringComparison.Ordinal) && l.EndsWith(".html")))
                waiting.Enqueue(link[Address.ToString().Length..]);
        }
        Assert.Equal([], troubles);
        output.WriteLine($"{seen.Count} pages opened, the heaviest {heaviest} bytes");
        Assert.Equal(ServedBoard.Runs, seen.Count(s => s.StartsWith("runs/", StringComparison.Ordinal)));
        foreach (string wanted in (string[])["state.html", "history.html", "matchers.html", "trees/linux.html", "trees/net-next.html", "trees/stable-rc.html"])
            Assert.Contains(wanted, seen);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Pages_are_accessible_in_light_and_dark(ColorScheme scheme)
    {
        await using IBrowserContext context = await board.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1100, Height = 900 }, ColorScheme = scheme });
        IPage page = await context.NewPageAsync();
        string axe = await File.ReadAllTextAsync(Path.Combine(Repository.Peers, "node_modules", "axe-core", "axe.min.js"));
        var violations = new List<string>();
        foreach (string at in await SampleAsync())
        {
            foreach (int width in (int[])[1100, PhoneWidth])
            {
                await page.SetViewportSizeAsync(width, 900);
                await page.GotoAsync(new Uri(Address, at).ToString());
                await page.EvaluateAsync($"() => {{ {axe}; window.axe = axe; }}");
                violations.AddRange((await page.EvaluateAsync<string[]>(Check)).Select(v => $"{at} at {width}: {v}"));
                await ShotAsync(page, at, scheme, width);
            }
        }
        Assert.Equal([], violations);
    }

    [Fact]
    public async Task The_first_key_leads_past_the_navigation()
    {
        IPage page = await board.Browser.NewPageAsync();
        await page.GotoAsync(Address.ToString());
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        Assert.True(await page.Locator(".skip").IsVisibleAsync());
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"{Address}#main");
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("() => document.querySelector('main').contains(document.activeElement)"));
    }

    /// <summary>Figures, not limits: infra/performance.md takes them over.</summary>
    [Fact]
    public async Task Pages_are_painted_and_weighed()
    {
        await using IBrowserContext context = await board.Browser.NewContextAsync();
        foreach (string at in (await SampleAsync()).Take(8))
        {
            IPage page = await context.NewPageAsync();
            IResponse response = (await page.GotoAsync(new Uri(Address, at).ToString()))!;
            await page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
            double paint = await page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime");
            output.WriteLine($"{at}: {(await response.BodyAsync()).Length} bytes, first paint after {paint:0} ms");
            Assert.True(paint > 0);
            await page.CloseAsync();
        }
    }

    /// <summary>Every kind of page, and a run of each verdict.</summary>
    private async Task<IReadOnlyList<string>> SampleAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        BoardTree tree = JsonSerializer.Deserialize(await http.GetStringAsync(new Uri(Address, "trees/linux.json")), BoardJson.Default.BoardTree)!;
        IEnumerable<BoardEntry> runs = tree.Newest.DistinctBy(r => (r.Verdict, r.State));
        return ["index.html", "state.html", "history.html", "matchers.html", "trees/linux.html", $"trees/linux/{tree.Days[1].Day}.html", .. runs.Select(r => $"runs/{r.Run}.html")];
    }

    /// <summary>For people's eyes, where CKI_SCREENSHOTS names a directory.</summary>
    private static async Task ShotAsync(IPage page, string at, ColorScheme scheme, int width)
    {
        if (Environment.GetEnvironmentVariable("CKI_SCREENSHOTS") is not { Length: > 0 } directory)
            return;
        var name = new StringBuilder(at).Replace('/', '-').Append($"-{scheme}-{width}.png");
        await page.ScreenshotAsync(new() { Path = Path.Combine(directory, name.ToString()), FullPage = true });
    }
}
