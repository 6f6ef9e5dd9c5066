using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Cki.Tool;

namespace Cki.Benchmarks;

/// <summary>
/// Reading, normalising and matching traces of 10 and 50 MB with all shipped matchers and evidence, beside Python's <c>re</c> doing the same patterns
/// in the same run: one after the other, and with the same literals as a filter before them. In seconds of CPU, so that a busy machine says the same.
/// </summary>
internal static class TraceMeasure
{
    private const int Rounds = 5;
    private const double Mega = 1024 * 1024;

    // Reads, drops escape sequences, and looks for every pattern in every line.
    private const string Python = """
        import json, re, sys, time
        way, trace, patterns = sys.argv[1:4]
        rules = [(re.compile(p["expression"]), p["literals"]) for p in json.load(open(patterns))]
        begin = time.process_time()
        text = open(trace, "rb").read().decode("utf-8", "replace")
        text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
        found = 0
        if way == "plain":
            lines = text.splitlines()
            for rule, _ in rules:
                found += sum(1 for line in lines if rule.search(line))
        else:
            for rule, literals in rules:
                seen = set()
                for literal in literals or [""]:
                    at = text.find(literal) if literal else -1
                    while at >= 0:
                        start = text.rfind("\n", 0, at) + 1
                        end = text.find("\n", at)
                        end = len(text) if end < 0 else end
                        if start not in seen and rule.search(text[start:end]):
                            seen.add(start)
                        at = text.find(literal, end)
                found += len(seen)
        print(json.dumps({"seconds": time.process_time() - begin, "found": found}))
        """;

    public static async Task RunAsync()
    {
        string directory = Directory.CreateTempSubdirectory("cki-bench-").FullName;
        MatcherTree tree = Scorecard.Matchers();
        string patterns = Path.Combine(directory, "patterns.json");
        JsonNode[] list = [.. PatternList.Of(tree)];
        await File.WriteAllTextAsync(patterns, new JsonArray(list).ToJsonString());
        await File.WriteAllTextAsync(Path.Combine(directory, "match.py"), Python);
        var herding = new Herding(Matchers.Compile(tree));
        Console.WriteLine($"{list.Length} patterns");
        foreach (int megabytes in new[] { 10, 50 })
        {
            string trace = Path.Combine(directory, $"{megabytes}.log");
            await File.WriteAllBytesAsync(trace, Trace(megabytes));
            double ours = Ours(herding, trace, out long memory, out HerdDecision decision);
            double filtered = Theirs(directory, "filtered", trace, patterns);
            double plain = megabytes == 10 ? Theirs(directory, "plain", trace, patterns) : double.NaN;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{megabytes} MB: ours {ours:0.000} s ({megabytes / ours:0} MB/s, {memory / Mega:0.0} MB held at most, {decision.Act} by {decision.Matcher}); python filtered {filtered:0.00} s ({filtered / ours:0.0} x); one after the other {plain:0.00} s ({plain / ours:0} x)"));
        }
        Directory.Delete(directory, recursive: true);
    }

    private static double Ours(Herding herding, string trace, out long memory, out HerdDecision decision)
    {
        double best = double.MaxValue;
        byte[] chunk = new byte[64 * 1024];
        decision = null!;
        memory = 0;
        var job = new PipelineJob(0, "test", "test", GitLabStatus.Failed, false, "script_failure", null, "");
        for (int round = 0; round <= Rounds; round++)
        {
            bool isForMemory = round == Rounds;
            long before = isForMemory ? GC.GetTotalMemory(forceFullCollection: true) : 0;
            TimeSpan begin = Environment.CpuUsage.TotalTime;
            using FileStream stream = File.OpenRead(trace);
            var reader = new TraceReader();
            int read;
            while ((read = stream.Read(chunk)) > 0)
            {
                reader.Feed(chunk.AsSpan(0, read));
                if (isForMemory)
                    memory = Math.Max(memory, GC.GetTotalMemory(forceFullCollection: false) - before);
            }
            decision = herding.Decide(new FailedJobFacts(job, reader.End()) { IsTraceFinal = true });
            if (!isForMemory)
                best = Math.Min(best, (Environment.CpuUsage.TotalTime - begin).TotalSeconds);
        }
        return best;
    }

    private static double Theirs(string directory, string way, string trace, string patterns)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true };
        foreach (string argument in new[] { Path.Combine(directory, "match.py"), way, trace, patterns })
            start.ArgumentList.Add(argument);
        using Process python = Process.Start(start)!;
        string said = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        return (double)JsonNode.Parse(said)!["seconds"]!;
    }

    /// <summary>A job that builds, boots and tests, as a runner prints it, and then loses its connection.</summary>
    private static byte[] Trace(int megabytes)
    {
        var text = new StringBuilder((megabytes * 1024 * 1024) + 4096);
        text.Append("\e[0KRunning with gitlab-runner 18.4.0\e[0;m\nsection_start:1:step_script\r\e[0K\e[0K\e[36;1mExecuting \"step_script\" stage of the job script\e[0;m\e[0;m\n\e[32;1m$ make all check\e[0;m\n");
        for (int i = 0; text.Length < megabytes * 1024 * 1024; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  CC [M]  drivers/net/ethernet/vendor{i % 97}/part_{i}.o\n");
            if (i % 3 == 0)
                text.Append(CultureInfo.InvariantCulture, $"[{i / 1000,5}.{i % 1000:000}123] usb {i % 9}-1: new high-speed USB device number {i % 127} using xhci_hcd\n");
            if (i % 5 == 0)
                text.Append(CultureInfo.InvariantCulture, $"\e[32m[{i / 1000,5}.{i % 1000:000}456]\e[0m systemd[1]: Started unit-{i}.service - Something Useful to Run.\n");
            if (i % 11 == 0)
                text.Append("drivers/net/core.c:12:3: warning: unused variable 'error' [-Wunused-variable]\n   12 |   int error;\n      |       ^~~~~\n");
            if (i % 53 == 0)
                text.Append(CultureInfo.InvariantCulture, $"ok {i} selftests: net: case_{i}\nconnect{i}.c:33: TPASS: connect() failed as expected: ECONNREFUSED\n");
            if (i % 301 == 0)
                text.Append(CultureInfo.InvariantCulture, $"[{i / 1000,5}.{i % 1000:000}789] r8169 0000:01:00.0: firmware load failed with error -2\nReceiving objects:  50% (1/2)\rReceiving objects: 100% (2/2)\n");
        }
        text.Append("curl: (28) Operation timed out after 30000 milliseconds with 0 bytes received\nsection_end:9:step_script\r\e[0K\e[31;1mERROR: Job failed: exit code 1\n\e[0;m");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
