using System.Diagnostics;

namespace Cki.EndToEnd.Tests;

/// <summary>The functions as <c>infra/publish.sh artifacts/lambda</c> left them; tests/run.sh makes them once for all tests.</summary>
internal static class PublishedFunctions
{
    public static readonly string[] Stages = ["WebhookIntake", "CommitDetection", "PipelineTrigger", "JobHerding", "Reporting", "Watch"];

    public static string Directory => Path.Combine(Repository.Root, "artifacts", "lambda");

    public static string Bootstrap(string stage) => Found(Path.Combine(Directory, stage, "bootstrap"));

    public static string ArmBootstrap(string stage) =>
        Found(Path.Combine(Repository.Root, "artifacts", "lambda-arm64", stage, "bootstrap"), $"CKI_STAGES={stage} infra/publish.sh artifacts/lambda-arm64 arm64");

    public static string Zip(string stage) => Found(Path.Combine(Directory, $"{stage}.zip"));

    /// <summary>Runs a program to its end and returns what it wrote. Throws where it fails.</summary>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}\n{output}{await errors}");
    }

    private static string Found(string file, string command = "infra/publish.sh artifacts/lambda") =>
        File.Exists(file) ? file : throw new InvalidOperationException($"{file} is not there. Publish the functions first: {command} (tests/run.sh does)");
}
