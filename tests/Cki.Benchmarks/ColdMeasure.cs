using System.Diagnostics;
using System.Globalization;
using Cki.EndToEnd.Tests;

namespace Cki.Benchmarks;

/// <summary>
/// The published WebhookIntake beside the same in Python and boto3: from process start to the first answer, then warm, with 10 KB pushes. Both ask one
/// Runtime API on loopback and one stub of AWS, in turns. Then the same through TLS, each with the trust store that its package ships.
/// </summary>
internal static class ColdMeasure
{
    private const int ColdStarts = 25;
    private const int WarmEvents = 1500;
    private const int WarmUp = 200;

    private sealed record Contender(string Name, IReadOnlyList<string> Command, Dictionary<string, string> Variables)
    {
        public List<double> Cold { get; } = [];

        public List<double> Warm { get; } = [];

        /// <summary>Megabytes, VmHWM at the end of the warm events.</summary>
        public double Peak { get; set; }
    }

    public static async Task RunAsync()
    {
        Console.WriteLine($"Machine: {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Trim()}");
        foreach (string stage in PublishedFunctions.Stages)
            Console.WriteLine($"{stage}.zip {new FileInfo(PublishedFunctions.Zip(stage)).Length / 1e6:0.0} MB");
        await using FunctionProcess function = await FunctionProcess.PrepareAsync();
        await MeasureAsync("plain", function, Contenders([]));
        await using var tls = new TlsFront(function.Endpoint);
        using var scratch = new Scratch();
        string certifi = (await PublishedFunctions.OutputAsync("python3", "-c", "import botocore.httpsession as h; print(h.where() if hasattr(h, 'where') else h.DEFAULT_CA_BUNDLE)")).Trim();
        string ours = scratch.Write("ours.pem", File.ReadAllText(Path.Combine(Repository.Root, "infra", "ca", "amazon-roots.pem")) + tls.RootPem);
        string theirs = scratch.Write("theirs.pem", File.ReadAllText(certifi) + tls.RootPem);
        await MeasureAsync("TLS", function, Contenders(new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = tls.Address, ["SSL_CERT_FILE"] = ours, ["SSL_CERT_DIR"] = scratch.In("none"), ["AWS_CA_BUNDLE"] = theirs,
        }));
    }

    private static Contender[] Contenders(Dictionary<string, string> variables)
    {
        string loop = Path.Combine(Repository.Root, "tests", "Cki.Benchmarks", "peers", "runtime_loop.py");
        return [new("AOT", [PublishedFunctions.Bootstrap("WebhookIntake")], variables), new("Python", ["python3", loop], variables)];
    }

    private static async Task MeasureAsync(string what, FunctionProcess function, Contender[] contenders)
    {
        for (int i = 0; i < ColdStarts; i++)
        {
            foreach (Contender contender in contenders)
                contender.Cold.Add(await StartAsync(function, contender, $"cold-{i}"));
        }
        foreach (Contender contender in contenders)
            await WarmAsync(function, contender);
        Console.WriteLine($"{what,-6} {"",-8} {"cold p50",9} {"cold p90",9} {"warm p50",9} {"warm p99",9} {"peak",8}");
        foreach (Contender contender in contenders)
            Console.WriteLine($"{what,-6} {contender.Name,-8} {Ms(contender.Cold, 0.5)} {Ms(contender.Cold, 0.9)} {Ms(contender.Warm, 0.5)} {Ms(contender.Warm, 0.99)} {contender.Peak,5:0} MB");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-6} ratio    cold 1/{Ratio(c => Bench.Percentile(c.Cold, 0.5)):0.0}, warm p50 1/{Ratio(c => Bench.Percentile(c.Warm, 0.5)):0.0}, p99 1/{Ratio(c => Bench.Percentile(c.Warm, 0.99)):0.0}, peak 1/{Ratio(c => c.Peak):0.0}"));

        double Ratio(Func<Contender, double> of) => of(contenders[1]) / of(contenders[0]);
    }

    private static string Ms(List<double> values, double share) => $"{Bench.Percentile(values, share),6:0.0} ms";

    /// <summary>From the start of the process to its first answer.</summary>
    private static async Task<double> StartAsync(FunctionProcess function, Contender contender, string delivery)
    {
        string push = FunctionProcess.Delivery($"{contender.Name}-{delivery}", FunctionProcess.Push(10_000));
        long began = Stopwatch.GetTimestamp();
        function.Start(contender.Command, contender.Variables);
        Invoked answered = await function.Api.InvokeAsync(push);
        double took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        Check(answered, function);
        await function.KillAsync();
        return took;
    }

    private static async Task WarmAsync(FunctionProcess function, Contender contender)
    {
        function.Start(contender.Command, contender.Variables);
        for (int i = 0; i < WarmUp + WarmEvents; i++)
        {
            string push = FunctionProcess.Delivery($"{contender.Name}-warm-{i}", FunctionProcess.Push(10_000));
            long began = Stopwatch.GetTimestamp();
            Invoked answered = await function.Api.InvokeAsync(push);
            if (i >= WarmUp)
                contender.Warm.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            Check(answered, function);
        }
        string peak = File.ReadLines($"/proc/{function.Process.Id}/status").Single(line => line.StartsWith("VmHWM", StringComparison.Ordinal));
        contender.Peak = double.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        await function.KillAsync();
    }

    private static void Check(Invoked answered, FunctionProcess function)
    {
        if (answered.IsError || !answered.Body.Contains("202", StringComparison.Ordinal))
            throw new InvalidOperationException($"not accepted: {answered.Body}\n{function.Process.Output}");
    }
}
