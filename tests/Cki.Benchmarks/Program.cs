using Cki.Benchmarks;

// Each measure stands beside something run in the same process, on the same disk, one after the other: read the ratios.
string[] wanted = args.Length > 0 ? args : ["deliveries", "latency", "memory"];
foreach (string name in wanted)
{
    await (name switch
    {
        "deliveries" => DeliveriesMeasure.RunAsync(),
        "intake" => IntakeMeasure.RunAsync(),
        "latency" => LatencyMeasure.RunAsync(),
        "memory" => MemoryMeasure.RunAsync(),
        "cold" => ColdMeasure.RunAsync(),
        "traces" => TraceMeasure.RunAsync(),
        "telemetry" => TelemetryMeasure.RunAsync(),
        "scorecard" => ScorecardAsync(),
        _ => throw new ArgumentException($"there is no measure '{name}': deliveries, intake, latency, memory, cold, traces, telemetry, scorecard"),
    });
}

static Task ScorecardAsync()
{
    Scorecard.Write();
    return Task.CompletedTask;
}
