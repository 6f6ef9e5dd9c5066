using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Cki.Contract.Tests;

/// <summary>Programs of <c>tests/peers</c>: one run each, JSON in and out, killed at the end of their time.</summary>
internal static class PeerScript
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    public static readonly string Root = FindRoot();

    /// <summary>A scenario of python-gitlab. Debian's package belongs to Debian's own interpreter, whatever else the PATH holds.</summary>
    public static Task<JsonNode> GitLabAsync(string scenario, Uri address, string token, JsonObject asked) => RunAsync(
        "/usr/bin/python3",
        ["-B", "-E", "-s", Peer("gitlab", scenario + ".py"), address.GetLeftPart(UriPartial.Authority), token, asked.ToJsonString()], "");

    public static Task<JsonNode> NodeAsync(string script, JsonNode asked) => RunAsync("node", [Peer(script)], asked.ToJsonString());

    /// <summary>A script for the interpreter that has tests/requirements.txt.</summary>
    public static Task<JsonNode> PythonAsync(string script, JsonNode asked) => RunAsync("python3", ["-B", Peer(script)], asked.ToJsonString());

    /// <summary>A script on the packages of tests/requirements.txt.</summary>
    public static Task<JsonNode> PythonAsync(string script, IReadOnlyList<string> arguments, string input) =>
        RunAsync("python3", ["-B", Peer(script), .. arguments], input);

    /// <summary>A program's exit code and everything it said.</summary>
    public static async Task<(int ExitCode, string Said)> ToolAsync(string command, params string[] arguments)
    {
        (int exitCode, string output, string errors) = await ToEndAsync(command, arguments, "");
        return (exitCode, output + errors);
    }

    private static string Peer(params string[] parts) => Path.Combine([Root, "tests", "peers", .. parts]);

    private static async Task<JsonNode> RunAsync(string command, IReadOnlyList<string> arguments, string input)
    {
        (int exitCode, string output, string errors) = await ToEndAsync(command, arguments, input);
        return exitCode == 0
            ? JsonNode.Parse(output)!
            : throw new InvalidOperationException($"{command} {arguments[^1]}: exit {exitCode}\n{output}\n{errors}");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> ToEndAsync(string command, IReadOnlyList<string> arguments, string input)
    {
        using Process process = Start(command, arguments);
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string command, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(command)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        // Loopback goes through nobody's proxy.
        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = "*";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        return Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CkiServerless.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException($"no CkiServerless.sln above {AppContext.BaseDirectory}");
    }
}
