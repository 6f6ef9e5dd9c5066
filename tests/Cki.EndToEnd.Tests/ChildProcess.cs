using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cki.EndToEnd.Tests;

/// <summary>A process of a test: its lines are kept, it is stopped by its own id, whatever happens.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> waiters = [];
    private readonly Lock gate = new();

    public ChildProcess(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Output => string.Join('\n', lines);

    /// <summary>The first line so far or from now on that is wanted.</summary>
    public async Task<string> LineAsync(Func<string, bool> wanted, TimeSpan within)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (lines.FirstOrDefault(wanted) is { } line)
                return line;
            waiters.Add((wanted, found));
        }
        Task ended = await Task.WhenAny(found.Task, process.WaitForExitAsync(), Task.Delay(within));
        if (ended == found.Task || found.Task.IsCompleted)
            return await found.Task;
        string why = process.HasExited ? $"exit {process.ExitCode}" : $"nothing after {within}";
        throw new InvalidOperationException($"{process.StartInfo.FileName}: the line did not come ({why}). Output:\n{Output}");
    }

    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>SIGKILL, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGTERM or SIGINT by the shell's kill.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", Id.ToString()]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (gate)
        {
            lines.Enqueue(line);
            foreach ((Func<string, bool> wanted, TaskCompletionSource<string> found) in waiters)
            {
                if (wanted(line))
                    found.TrySetResult(line);
            }
        }
    }
}
