using Cki.Engine;
using Cki.Tool;

namespace Cki.Simulation.Tests;

/// <summary>
/// One fault of infra/faults.md in an installation that is well otherwise: whatever the row says tells of it must do so in time, not before, and must be
/// over in time once the fault is.
/// </summary>
public static class FaultWorld
{
    /// <summary>After the warm-up, and after half an hour in which all must be silent.</summary>
    public static readonly TimeSpan Goes = TimeSpan.FromMinutes(60);

    private static readonly TimeSpan Afterwards = TimeSpan.FromMinutes(10);

    /// <summary>As in <see cref="ComponentWorld"/>: held calls must not run into the limits of a handler that hangs.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromHours(24);

    public static readonly Lazy<IReadOnlyList<FaultRow>> Book = new(() => FaultBook.Load(Path.Combine(AppContext.BaseDirectory, "Faults", "faults.md")));

    public static async Task RunAsync(string fault, Simulation simulation, WorldRequest request)
    {
        FaultRow row = Book.Value.Single(one => one.Fault == fault);
        FaultCase one = FaultCases.Named(fault);
        simulation.Faults.AreOn = false;
        simulation.SlowestStep = TimeSpan.FromSeconds(1);
        using var measured = new MetricRecord(SuiteMetrics.MeterName, SuiteMetricsPage.EngineMeter);
        using var pulse = new SuitePulse(new SuiteOptions("", "", ""), simulation);
        Absence absence = one.Absence(simulation);
        absence.Through = pulse.InvokeAsync;
        var town = new Town(simulation);
        var people = new ComponentTown(simulation, town, absence);
        using Installation installation = Open(simulation, town, people, (absence, one));
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(TimeSpan.Zero);
        pulse.Watch(installation.Opened!);
        using EmbeddedEngine engine = installation.OpenBeside();
        using var stage = new FaultStage(simulation, town, installation, engine, absence);
        var measures = new CloudMeasures(simulation, town, absence, engine);
        Sample(measured, measures, engine, simulation);
        await MinutesAsync(Goes);
        simulation.Note("weather", $"{fault} begins");
        absence.Begin();
        // What is written takes virtual time, which passes below.
        Task begun = one.BeginAsync(stage);
        await MinutesAsync(one.Stands);
        await begun;
        simulation.Note("weather", $"{fault} is mended");
        absence.End();
        Task mended = one.MendAsync(stage);
        await MinutesAsync(row.Ends + Afterwards);
        await mended;

        var promises = new FaultPromises(row, one, new FaultRecord(measured, measures, Notices(town)));
        Console.WriteLine(promises.Figures());
        await promises.CheckAsync(await TitlesAsync(stage, row));

        async Task MinutesAsync(TimeSpan time)
        {
            for (TimeSpan end = simulation.Elapsed + time; simulation.Elapsed < end;)
            {
                await simulation.RunForAsync(TimeSpan.FromMinutes(1));
                Sample(measured, measures, engine, simulation);
            }
        }
    }

    private static Installation Open(Simulation simulation, Town town, ComponentTown people, (Absence Absence, FaultCase One) fault)
    {
        var installation = new Installation(simulation, town, fault.Absence, SuiteChances.None, fault.One.Config(ComponentTown.Config()))
        {
            Tick = TimeSpan.FromMinutes(1), FrontDoor = new Uri("https://cki.example"), Watch = FaultCases.Looks(simulation, fault.Absence),
            Engine = SuiteSetting.Engine with
            {
                Queues = [.. SuiteSetting.Engine.Queues.Select(queue => queue with { HandlerLimit = Held })],
                Tasks = SuiteSetting.Engine.Tasks with { HandlerLimit = Held },
                TroubleOver = (trouble, until) => SuitePulse.Notice(trouble, until, simulation.Dice),
            },
        };
        installation.Reports = people.Reports(installation);
        return installation;
    }

    private static void Sample(MetricRecord measured, CloudMeasures measures, EmbeddedEngine engine, Simulation simulation)
    {
        // As SuiteMetricsPage, whose clock is the machine's.
        IReadOnlyList<QueueStanding> queues = engine.Queues.Standings();
        foreach (string queue in QueueNames.All)
            measured.Set(SuiteMetrics.QueueOldest.Name, "queue", queue, queues.FirstOrDefault(one => one.Queue == queue)?.OldestSent is { } sent ? (simulation.GetUtcNow() - sent).TotalSeconds : 0);
        measured.Sample();
        measures.Sample();
    }

    private static IReadOnlyList<FaultNotice> Notices(Town town) =>
    [
        .. town.Receivers.Receipts.Where(receipt => receipt is { Channel: "operators", Notice: not null }).DistinctBy(receipt => receipt.Id)
            .Select(receipt => new FaultNotice(receipt.At, receipt.Notice!.Split(' ')[0], receipt.Notice.Split(' ')[1])),
    ];

    private static async Task<IReadOnlyList<string>> TitlesAsync(FaultStage stage, FaultRow row)
    {
        var titles = new List<string>();
        foreach (string key in await stage.Documents.KeysAsync(NoticeState.Prefix, 1000, CancellationToken.None))
        {
            NoticeState state = (await stage.Documents.GetAsync(key, DocumentJson.Default.NoticeState, CancellationToken.None))!.Value;
            if (row.Notices.Any(sign => sign.IsOf(state.Key)))
                titles.Add(state.Title);
        }
        return titles;
    }
}
