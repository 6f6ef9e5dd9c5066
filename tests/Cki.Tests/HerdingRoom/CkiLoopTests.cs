using System.Diagnostics;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>infra/shell/cki-loop in each shell that is there.</summary>
public class CkiLoopTests
{
    public static TheoryData<string> Shells() => [.. new[] { "/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox" }.Where(File.Exists)];

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_command_that_goes_on_failing_ends_with_the_mark_and_its_own_status(string shell)
    {
        (int status, string said) = await RunAsync(shell, "-n", "3", "-d", "0", "sh", "-c", "exit 28");
        Assert.Equal(28, status);
        Assert.Equal("cki-loop: gave up after 3 (rc=28): sh -c exit 28", said.TrimEnd().Split('\n')[^1]);
        HerdDecision decision = Shipped.Herding.Decide(new MatcherSamples.Sample("", "script_failure", TraceSection.Script, null).Facts(TraceForms.Read("raw", said.Split('\n'))));
        Assert.Equal((HerdAct.Retry, "cki-loop"), (decision.Act, decision.Matcher));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_command_that_succeeds_in_the_end_leaves_no_mark(string shell)
    {
        string file = Path.Combine(Directory.CreateTempSubdirectory("cki-loop-").FullName, "seen");
        (int status, string said) = await RunAsync(shell, "-d", "0", "sh", "-c", $"[ -e {file} ] || {{ touch {file}; exit 3; }}");
        Assert.Equal((0, $"cki-loop: try 1 of 5 ended with rc=3, next in 0s: sh -c [ -e {file} ] || {{ touch {file}; exit 3; }}\n"), (status, said));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_try_that_takes_too_long_is_ended_with_all_that_it_started(string shell)
    {
        string word = $"4{Environment.ProcessId % 100000:00000}.25";
        (int status, string said) = await RunAsync(shell, "-n", "1", "-t", "1", "sh", "-c", $"sleep {word} & sleep {word}");
        Assert.Equal((124, $"cki-loop: gave up after 1 (rc=124): sh -c sleep {word} & sleep {word}\n"), (status, said));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), p => CommandLine(p).Contains(word, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_command_that_does_not_exist_is_not_tried_again(string shell)
    {
        (int status, string said) = await RunAsync(shell, "-d", "0", "no-such-command-of-cki");
        Assert.Equal((127, "cki-loop: gave up after 1 (rc=127): no-such-command-of-cki"), (status, said.TrimEnd().Split('\n')[^1]));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task No_try_begins_after_the_most_time(string shell) =>
        Assert.Equal((1, "cki-loop: gave up after 1 (rc=1): false\n"), await RunAsync(shell, "-m", "1", "-d", "10", "false"));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_wrong_option_is_refused(string shell) =>
        Assert.Equal((2, "usage: cki-loop [-n tries] [-d delays] [-t time-out] [-m max] command [argument...]\n"), await RunAsync(shell, "-d", "5x", "true"));

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task<(int Status, string Said)> RunAsync(string shell, params string[] arguments)
    {
        var start = new ProcessStartInfo(shell) { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in (string[])[.. shell.EndsWith("busybox", StringComparison.Ordinal) ? ["sh"] : Array.Empty<string>(), Path.Combine(Shipped.Root(), "infra", "shell", "cki-loop"), .. arguments])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        string said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said);
    }
}
