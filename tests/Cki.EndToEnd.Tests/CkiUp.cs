namespace Cki.EndToEnd.Tests;

/// <summary><c>cki up</c> as a process.</summary>
internal sealed class CkiUp : IAsyncDisposable
{
    /// <summary>Among the further arguments: with the synthetic probe, which other tests would see among what they count.</summary>
    public const string Probing = "probing";

    private const string Announced = "Front door ";

    private CkiUp(ChildProcess process, Uri address)
    {
        Process = process;
        Http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public ChildProcess Process { get; }

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    /// <summary>Starts with a tick of a second, armed; returns once the front door is open.</summary>
    public static async Task<CkiUp> StartAsync(Scratch scratch, string listen = "127.0.0.1:0", IReadOnlyList<string>? under = null, params string[] more)
    {
        ChildProcess process = Start(scratch, listen, under, more);
        try
        {
            string line = await process.LineAsync(l => l.Contains(Announced, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
            return new CkiUp(process, new Uri(line[(line.IndexOf(Announced, StringComparison.Ordinal) + Announced.Length)..].Trim()));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>For starts that are expected to fail.</summary>
    public static ChildProcess Start(Scratch scratch, string listen = "127.0.0.1:0", IReadOnlyList<string>? under = null, params string[] more)
    {
        string[] command =
        [
            .. under ?? [], "dotnet", Repository.Tool, "up", "--config", scratch.In("config"), "--data", scratch.In("data"),
            "--secrets", scratch.In("secrets"), "--listen", listen, "--tick", "1s", "--arm", .. more.Contains(Probing) ? more.Where(m => m != Probing) : ["--no-probe", .. more],
        ];
        return new ChildProcess(command[0], command[1..]);
    }

    /// <summary>Runs another verb of the tool to its end.</summary>
    public static async Task<(int Code, string Output)> VerbAsync(params string[] arguments)
    {
        await using var process = new ChildProcess("dotnet", [Repository.Tool, .. arguments]);
        int code = await process.ExitAsync(TimeSpan.FromSeconds(60));
        return (code, process.Output);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Process.DisposeAsync();
    }
}
