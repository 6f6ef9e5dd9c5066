using System.Diagnostics;

namespace Cki.Adapters;

/// <summary>How a child ended. <paramref name="Trouble"/> null: well.</summary>
public sealed record ChildAnswer(string Output, string? Trouble);

/// <summary>
/// Asks about a path by a process of its own, <c>stat</c>: on a mount whose server is gone whoever asks hangs, and that must be nobody of ours. A child that
/// does not end in time is killed and left to itself; while it hangs in the kernel, where no kill reaches it, no second one is sent after it.
/// </summary>
/// <param name="program">Absolute path of coreutils' <c>stat</c>.</param>
public sealed class StatChild(string program = "/bin/stat")
{
    private readonly Dictionary<string, Process> _hanging = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Throws <see cref="OperationCanceledException"/> once the child was killed and left.</summary>
    /// <param name="path">Of what is asked about, the last argument.</param>
    public async Task<ChildAnswer> AskAsync(string path, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        if (HangsStill(path))
            return new ChildAnswer("", "an earlier look still hangs on it");
        Process child = Start(path, arguments);
        try
        {
            await child.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Abandon(path, child);
            throw;
        }
        using (child)
        {
            string output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
            string errors = await child.StandardError.ReadToEndAsync(cancellationToken);
            return child.ExitCode == 0 ? new ChildAnswer(output.Trim(), null) : new ChildAnswer("", Last(errors));
        }
    }

    private Process Start(string path, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/",
        };
        foreach (string argument in arguments.Append("--").Append(path))
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        Process child = Process.Start(start)!;
        child.StandardInput.Close();
        return child;
    }

    private bool HangsStill(string path)
    {
        lock (_gate)
        {
            if (!_hanging.TryGetValue(path, out Process? child))
                return false;
            if (!child.HasExited)
                return true;
            _hanging.Remove(path);
            child.Dispose();
            return false;
        }
    }

    private void Abandon(string path, Process child)
    {
        try
        {
            child.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended at this very moment.
        }
        Left(path, child);
    }

    /// <summary>Whoever asks about the path again must see first whether it still lives.</summary>
    public void Left(string path, Process child)
    {
        lock (_gate)
            _hanging[path] = child;
    }

    /// <summary><c>stat: cannot statx '/x': No such file or directory</c> without the program's name.</summary>
    private static string Last(string errors)
    {
        string line = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "stat ended without a word";
        return line[(line.IndexOf(": ", StringComparison.Ordinal) is var end and >= 0 ? end + 2 : 0)..];
    }
}
