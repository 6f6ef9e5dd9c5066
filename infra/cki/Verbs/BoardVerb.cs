using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Cki.Kestrel;

namespace Cki.Tool;

/// <summary><c>cki board</c>: serves an installation's board on this machine, with the operator's own credentials; or has it written anew from the records.</summary>
internal static class BoardVerb
{
    private const string Runs = "runs/";

    public static Command Command()
    {
        Option<string> listen = new("--listen") { Description = "Address to serve at; port 0 takes a free one", DefaultValueFactory = _ => "127.0.0.1:8481" };
        Option<bool> rewrite = new("--rewrite") { Description = "Serve nothing: ask the installation to write every run's page anew, and with them the indexes" };
        return new Command("board", "Serve an installation's board on this machine until Ctrl-C") { listen, rewrite }.On(async (opened, parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rewrite))
                return await RewriteAsync(opened, cancellationToken);
            string at = parsed.GetValue(listen)!;
            IPEndPoint point = Listening.Parse(at);
            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using PosixSignalRegistration term = UpVerb.Stopping(PosixSignal.SIGTERM, stop);
            using PosixSignalRegistration interrupt = UpVerb.Stopping(PosixSignal.SIGINT, stop);
            await using WebServer server = await StartAsync(new BoardPages(opened.Store), point, at, cancellationToken);
            Console.Out.WriteLine($"Board of {opened.Name} at {server.Address}board/");
            await stop.Task;
            return Exit.Good;
        });
    }

    private static async Task<int> RewriteAsync(OpenedInstallation opened, CancellationToken cancellationToken)
    {
        await opened.AuditAsync("board rewrite", "all runs", null, cancellationToken);
        int asked = 0;
        string? after = null;
        while (await opened.Store.ListAsync(Runs, after, 1000, cancellationToken) is { Count: > 0 } keys)
        {
            foreach (string run in keys.Where(k => k.EndsWith("/detection.json", StringComparison.Ordinal)).Select(k => k.Split('/')[1]))
            {
                await opened.Post.SendAsync(new RunChanged(new RunId(run)) { Anew = true }, cancellationToken);
                asked++;
            }
            after = keys[^1];
        }
        Console.Out.WriteLine($"{asked} page(s) of {opened.Name} will be written anew.");
        return Exit.Good;
    }

    private static async Task<WebServer> StartAsync(BoardPages board, IPEndPoint point, string listen, CancellationToken cancellationToken)
    {
        try
        {
            return await WebServer.StartAsync(
                (request, token) => ServeAsync(board, request, token), new WebServerOptions { Address = point.Address, Port = point.Port }, cancellationToken);
        }
        catch (IOException e)
        {
            throw new BadInputException($"--listen {listen}: {e.Message}");
        }
    }

    private static async Task<HttpResponseMessage> ServeAsync(BoardPages board, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await board.TryServeAsync(request, cancellationToken)
                ?? PlainAnswers.Text(HttpStatusCode.NotFound, "There is only the board here, at /board/.");
        }
        catch (StoreUnavailableException e)
        {
            return PlainAnswers.Text(HttpStatusCode.BadGateway, e.Message);
        }
    }
}
