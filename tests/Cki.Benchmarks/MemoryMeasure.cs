using System.Diagnostics;
using Cki.Tool;
using Cki.Tool.Demo;

namespace Cki.Benchmarks;

/// <summary>Resident memory of <c>cki up</c> as a process of its own, idle for 20 s, with one tree that is polled every 2 s.</summary>
internal static class MemoryMeasure
{
    public static async Task RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("cki-bench-").FullName;
        DemoConfig.Write(Path.Combine(directory, "config"), new Uri("http://127.0.0.1:9/"), Path.Combine(directory, "r"), Path.Combine(directory, "n"));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { typeof(SuiteHost).Assembly.Location, "up", "--config", Path.Combine(directory, "config"), "--data", Path.Combine(directory, "data"), "--listen", "127.0.0.1:0", "--arm" })
            start.ArgumentList.Add(argument);
        using Process cki = Process.Start(start)!;
        cki.BeginErrorReadLine();
        cki.BeginOutputReadLine();
        await Task.Delay(TimeSpan.FromSeconds(20));
        cki.Refresh();
        Console.WriteLine($"cki up, idle: {cki.WorkingSet64 / 1024.0 / 1024.0:0} MB resident");
        cki.Kill();
        await cki.WaitForExitAsync();
        Directory.Delete(directory, recursive: true);
    }
}
