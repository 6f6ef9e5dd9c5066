using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cki.Tests.AdapterRooms;

/// <summary>A real repository behind <c>git http-backend</c>, on a small CGI host on loopback.</summary>
public sealed class GitServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _root = Directory.CreateTempSubdirectory("cki-git-").FullName;
    private readonly bool _speaksNew;

    /// <param name="speaksNew">False: the Git-Protocol header does not reach git, as on old servers.</param>
    public GitServer(bool speaksNew)
    {
        _speaksNew = speaksNew;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/tree.git");
        }
        Git("init", "-q", "--bare", Path.Combine(_root, "tree.git"));
        _listener.Prefixes.Add(Url.GetLeftPart(UriPartial.Authority) + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    /// <summary>Paths and Git-Protocol headers as asked.</summary>
    public List<string> Seen { get; } = [];

    /// <summary>A commit of its own for each message; returns its id.</summary>
    public CommitSha Commit(string message)
    {
        string tree = InRepository("mktree");
        return CommitSha.Parse(InRepository("commit-tree", "-m", message, tree));
    }

    public string InRepository(params string[] arguments) => Git(["-C", Path.Combine(_root, "tree.git"), .. arguments]);

    public void Dispose()
    {
        _listener.Close();
        Directory.Delete(_root, recursive: true);
    }

    private static string Git(params string[] arguments)
    {
        ProcessStartInfo start = Start(arguments);
        using Process git = Process.Start(start)!;
        git.StandardInput.Close();
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed");
    }

    private static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git") { RedirectStandardOutput = true, RedirectStandardInput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (string who in (string[])["AUTHOR", "COMMITTER"])
        {
            start.Environment[$"GIT_{who}_NAME"] = "A";
            start.Environment[$"GIT_{who}_EMAIL"] = "a@example.org";
        }
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        return start;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            await AnswerAsync(call);
        }
    }

    private async Task AnswerAsync(HttpListenerContext call)
    {
        string? protocol = call.Request.Headers["Git-Protocol"];
        Seen.Add($"{call.Request.HttpMethod} {call.Request.Url!.AbsolutePath} {protocol}");
        ProcessStartInfo start = Start(["http-backend"]);
        start.Environment["GIT_PROJECT_ROOT"] = _root;
        start.Environment["GIT_HTTP_EXPORT_ALL"] = "1";
        start.Environment["REQUEST_METHOD"] = call.Request.HttpMethod;
        start.Environment["PATH_INFO"] = call.Request.Url.AbsolutePath;
        start.Environment["QUERY_STRING"] = call.Request.Url.Query.TrimStart('?');
        start.Environment["CONTENT_TYPE"] = call.Request.ContentType ?? "";
        start.Environment["CONTENT_LENGTH"] = call.Request.ContentLength64 < 0 ? "" : call.Request.ContentLength64.ToString();
        if (_speaksNew && protocol is not null)
            start.Environment["GIT_PROTOCOL"] = protocol;
        using Process git = Process.Start(start)!;
        await call.Request.InputStream.CopyToAsync(git.StandardInput.BaseStream);
        git.StandardInput.Close();
        using var output = new MemoryStream();
        await git.StandardOutput.BaseStream.CopyToAsync(output);
        await ReplyAsync(call.Response, output.ToArray());
    }

    private static async Task ReplyAsync(HttpListenerResponse response, byte[] cgi)
    {
        int end = cgi.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (string line in Encoding.ASCII.GetString(cgi, 0, end).Split("\r\n"))
        {
            string[] header = line.Split(": ", 2);
            if (header[0] == "Status")
                response.StatusCode = int.Parse(header[1].Split(' ')[0]);
            else if (header[0] == "Content-Type")
                response.ContentType = header[1];
        }
        await response.OutputStream.WriteAsync(cgi.AsMemory(end + 4));
        response.Close();
    }
}
