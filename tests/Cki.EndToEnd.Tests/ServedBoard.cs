using Microsoft.Playwright;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>A board of many runs, served by the tool, and a browser to look at it.</summary>
public sealed class ServedBoard : IAsyncLifetime
{
    public const int Runs = 500;

    private readonly Scratch scratch = new();
    private ChildProcess? served;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Of its front page, ending in a slash.</summary>
    public Uri Address { get; private set; } = null!;

    public IBrowser Browser => browser ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        try
        {
            await StartAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync()
    {
        await new BoardOfRuns(scratch, Runs).WriteAsync();
        served = new ChildProcess("dotnet", [Repository.Tool, "board", "--data", scratch.In("data"), "--listen", "127.0.0.1:0"]);
        string line = await served.LineAsync(l => l.Contains(" at http", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        Address = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
        if (served is not null)
            await served.DisposeAsync();
        scratch.Dispose();
    }
}
