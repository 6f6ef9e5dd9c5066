namespace Cki.EndToEnd.Tests;

/// <summary>A real browser, headless.</summary>
internal static class Chromium
{
    /// <summary>The page's document as the browser has built it, as HTML.</summary>
    public static async Task<string> DocumentAsync(Uri page, Scratch scratch)
    {
        await using var browser = new ChildProcess("chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", $"--user-data-dir={scratch.In("chromium")}", "--virtual-time-budget=2000", "--dump-dom", page.ToString(),
        ]);
        int code = await browser.ExitAsync(TimeSpan.FromSeconds(60));
        return code == 0 ? browser.Output : throw new InvalidOperationException($"chromium ended with {code}:\n{browser.Output}");
    }
}
