using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Cki.EndToEnd.Tests;

/// <summary>A mail as a real SMTP server took it.</summary>
internal sealed record TakenMail(string From, IReadOnlyList<string> To, string Message, bool IsSecure);

/// <summary>Peers we did not write, as processes on free loopback ports.</summary>
internal sealed class Peer : IAsyncDisposable
{
    private readonly ChildProcess process;

    private Peer(ChildProcess process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>npm's smtp-server.</summary>
    /// <param name="options">See tests/peers/smtp.js.</param>
    public static Task<Peer> SmtpAsync(JsonObject? options = null) => StartAsync("smtp.js", options?.ToJsonString() ?? "{}");

    /// <summary>git http-backend over the bare repositories of a directory.</summary>
    public static Task<Peer> GitAsync(string directory) => StartAsync("git-http.js", directory);

    public IReadOnlyList<TakenMail> Mails() =>
    [
        .. process.Output.Split('\n').Where(l => l.StartsWith("{\"from\"", StringComparison.Ordinal)).Select(l => JsonNode.Parse(l)!)
            .Select(m => new TakenMail((string)m["from"]!, [.. m["to"]!.AsArray().Select(t => (string)t!)], (string)m["message"]!, (bool)m["secure"]!)),
    ];

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async Task<Peer> StartAsync(string script, params string[] arguments)
    {
        var process = new ChildProcess("node", [Path.Combine(Repository.Peers, script), .. arguments]);
        string line = await process.LineAsync(l => l.StartsWith("{\"port\"", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        return new Peer(process, (int)JsonNode.Parse(line)!["port"]!);
    }
}

/// <summary>A bare repository behind git http-backend and a working copy that pushes to it by real <c>git push</c>.</summary>
internal sealed class PushedRepository(string root, Peer server)
{
    public string Url => $"http://127.0.0.1:{server.Port}/linux.git";

    private string Work => Path.Combine(root, "work");

    public static string Prepare(string root)
    {
        string bare = Path.Combine(root, "bare");
        Git(root, "init", "-q", "--bare", "-b", "main", Path.Combine(bare, "linux.git"));
        Git(Path.Combine(bare, "linux.git"), "config", "http.receivepack", "true");
        return bare;
    }

    /// <summary>Commits and pushes; returns the sha.</summary>
    public string Push(string title, string branch = "main")
    {
        if (!Directory.Exists(Work))
            Git(root, "init", "-q", "-b", "main", Work);
        Git(Work, "-c", "user.name=Dev", "-c", "user.email=dev@example.org", "commit", "-q", "--allow-empty", "-m", title);
        Git(Work, "push", "-q", Url, $"HEAD:refs/heads/{branch}");
        return Git(Work, "rev-parse", "HEAD").Trim();
    }

    private static string Git(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process git = Process.Start(start)!;
        Task<string> errors = git.StandardError.ReadToEndAsync();
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.Result}");
    }
}
