using System.Diagnostics.Metrics;
using Cki.Engine;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Cki.Tool;

/// <summary><c>/metrics</c>: the suite's catalogue, the engine's queues and the runtime, as Prometheus text by OpenTelemetry's exporter.</summary>
internal sealed class SuiteMetricsPage : IDisposable
{
    public const string EngineMeter = "cki.engine";

    /// <summary>Of .NET itself: processor time, memory, collections, thread pool.</summary>
    public const string RuntimeMeter = "System.Runtime";

    private readonly Meter meter = new(EngineMeter);
    private readonly MeterProvider provider;

    public SuiteMetricsPage(EmbeddedEngine engine)
    {
        meter.CreateObservableGauge(
            SuiteMetrics.QueueDepth.Name, () => Standings(engine).SelectMany(Depths), SuiteMetrics.QueueDepth.Unit, SuiteMetrics.QueueDepth.Description);
        meter.CreateObservableGauge(
            SuiteMetrics.QueueOldest.Name, () => Standings(engine).Select(Oldest), SuiteMetrics.QueueOldest.Unit, SuiteMetrics.QueueOldest.Description);
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("cki"))
            // Prometheus keeps _count for histograms; promtool says so.
            .AddView("dotnet.assembly.count", "dotnet.assemblies")
            .AddView("dotnet.process.cpu.count", "dotnet.process.cpus")
            .AddView("dotnet.timer.count", "dotnet.timers")
            .AddMeter(SuiteMetrics.MeterName, meter.Name, RuntimeMeter)
            .AddPrometheusExporter()
            .Build();
    }

    /// <summary>Puts the page in front of the function that serves everything else.</summary>
    public void Serve(IApplicationBuilder app) => app.UseOpenTelemetryPrometheusScrapingEndpoint(provider, null, "/metrics", null, null);

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }

    /// <summary>Every queue, also the empty ones: a series that comes and goes cannot be alarmed on.</summary>
    private static IEnumerable<QueueStanding> Standings(EmbeddedEngine engine)
    {
        Dictionary<string, QueueStanding> known = engine.Queues.Standings().ToDictionary(s => s.Queue);
        foreach (string name in QueueNames.All.Concat(QueueNames.All.Select(EngineQueues.DeadQueueOf)))
            known.TryAdd(name, new QueueStanding(name, 0, 0, 0, null));
        return known.Values.OrderBy(s => s.Queue, StringComparer.Ordinal);
    }

    private static IEnumerable<Measurement<long>> Depths(QueueStanding s) =>
    [
        new(s.Ready, Tags(s.Queue, "ready")),
        new(s.Delayed, Tags(s.Queue, "delayed")),
        new(s.InFlight, Tags(s.Queue, "in_flight")),
    ];

    private static Measurement<double> Oldest(QueueStanding s) =>
        new(s.OldestSent is { } sent ? (TimeProvider.System.GetUtcNow() - sent).TotalSeconds : 0, [KeyValuePair.Create<string, object?>("queue", s.Queue)]);

    private static KeyValuePair<string, object?>[] Tags(string queue, string state) =>
        [KeyValuePair.Create<string, object?>("queue", queue), KeyValuePair.Create<string, object?>("state", state)];
}
