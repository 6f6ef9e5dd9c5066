namespace Cki.Simulation.Tests;

/// <summary><c>replay</c> and <c>seeds</c>: worlds without xunit. Exit codes: 0 all held, 1 a promise was broken, 2 not understood, 3 blocked.</summary>
public static class CommandLine
{
    public const string Usage = """
        replay --seed N [--world suite] [--topology up|lambda] [--without site,site#n,...] [--mutation NAME] [--full]
        seeds  --from A --to B [--step S] [--world suite] [--topology up|lambda] [--mutation NAME] [--twice-every N]
        away   --part N --of M
        faults --part N --of M
        anything else goes to xunit
        """;

    public static bool Knows(string[] args) => args is ["replay" or "seeds" or "away" or "faults", ..];

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var options = new Options(args);
            return args[0] switch
            {
                "replay" => await ReplayAsync(options),
                "seeds" => await SeedsAsync(options),
                "away" => await EachAsync(ComponentTests.Requests, options),
                _ => await EachAsync(FaultTests.Requests, options),
            };
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            Console.Error.WriteLine(Usage);
            return 2;
        }
    }

    private static async Task<int> ReplayAsync(Options options)
    {
        WorldRequest request = options.Request(options.Number("seed")) with { Everything = options.Has("full") ? Console.Out : null };
        WorldOutcome outcome = await WorldRun.RunAsync(request);
        Console.WriteLine(outcome.Report());
        return outcome.Broken is null ? 0 : 1;
    }

    private static async Task<int> SeedsAsync(Options options)
    {
        ulong step = options.Number("step", 1);
        ulong twiceEvery = options.Number("twice-every", 0);
        for (ulong seed = options.Number("from"); seed <= options.Number("to"); seed += step)
        {
            WorldOutcome outcome = await SeedSweep.RunAsync(options.Request(seed), twice: twiceEvery > 0 && seed % twiceEvery == 0);
            if (outcome.Broken is not null)
            {
                Console.WriteLine(outcome.Report());
                return 1;
            }
            Console.WriteLine($"seed {seed} {outcome.Request.Topology} {outcome.Hash:x16} {outcome.Elapsed.TotalDays:0.0} d {outcome.Events} events {outcome.FaultsTaken.Count} faults");
        }
        return 0;
    }

    /// <summary>Every n-th of the worlds, all of them to the end: each that breaks is told.</summary>
    private static async Task<int> EachAsync(IEnumerable<WorldRequest> requests, Options options)
    {
        int exitCode = 0;
        foreach (WorldRequest request in requests.Where((_, n) => (ulong)n % options.Number("of") == options.Number("part")))
        {
            WorldOutcome outcome = await WorldRun.RunAsync(request);
            if (outcome.Broken is null)
                continue;
            Console.WriteLine($"BROKEN {request.World} {request.Topology}: {outcome.Broken}\n{request.Replay()}");
            exitCode = 1;
        }
        return exitCode;
    }

    private sealed class Options
    {
        private readonly SortedDictionary<string, string> values = new(StringComparer.Ordinal);

        public Options(string[] args)
        {
            for (int i = 1; i < args.Length; i++)
            {
                if (!args[i].StartsWith("--", StringComparison.Ordinal))
                    throw new ArgumentException($"'{args[i]}' is not understood");
                bool hasValue = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
                values[args[i][2..]] = hasValue ? args[++i] : "";
            }
        }

        public bool Has(string name) => values.ContainsKey(name);

        public ulong Number(string name, ulong? otherwise = null) =>
            values.TryGetValue(name, out string? text) && ulong.TryParse(text, out ulong number) ? number
            : otherwise ?? throw new ArgumentException($"--{name} needs a number");

        public WorldRequest Request(ulong seed) =>
            new(values.GetValueOrDefault("world", "suite"), seed, values.GetValueOrDefault("topology") ?? (seed % 2 == 0 ? "lambda" : "up"))
            {
                Without = new SortedSet<string>(values.GetValueOrDefault("without", "").Split(',', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal),
                Mutation = values.GetValueOrDefault("mutation"),
            };
    }
}
