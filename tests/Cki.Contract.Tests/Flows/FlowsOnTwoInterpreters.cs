using Xunit;

namespace Cki.Contract.Tests.Flows;

/// <summary>Both interpreters, with all paths under way at once: moto's waits are real.</summary>
public sealed class BothInterpreters : IAsyncLifetime
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    private readonly CancellationTokenSource limit = new();
    private OnEmbedded? embedded;
    private OnMoto? moto;

    internal IReadOnlyDictionary<string, (Task<FlowStory> Ours, Task<FlowStory> Motos)> Stories { get; private set; } =
        new Dictionary<string, (Task<FlowStory>, Task<FlowStory>)>();

    public async ValueTask InitializeAsync()
    {
        embedded = new OnEmbedded(FlowPaths.All);
        moto = await OnMoto.StartAsync(FlowPaths.All);
        limit.CancelAfter(s_limit);
        Stories = FlowPaths.All.ToDictionary(path => path.Name, path => (embedded.RunAsync(path, limit.Token), moto.RunAsync(path, limit.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        if (moto is not null)
            await moto.DisposeAsync();
        embedded?.Dispose();
        limit.Dispose();
    }
}

/// <summary>infra/flows on the embedded interpreter and on moto's: state by state the same.</summary>
public sealed class FlowsOnTwoInterpreters(BothInterpreters both) : IClassFixture<BothInterpreters>
{
    public static TheoryData<string> Paths => [.. FlowPaths.All.Select(path => path.Name)];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_path_leads_through_the_same_states_with_the_same_data(string name)
    {
        FlowPath path = FlowPaths.All.Single(one => one.Name == name);
        FlowStory ours = await both.Stories[name].Ours;
        FlowStory motos = MotoDeviations.Mended(await both.Stories[name].Motos);
        Assert.Equal(path.States, string.Join(' ', ours.Entered));
        Assert.Equal((path.Status, path.Error), (ours.Status, ours.Error));
        Assert.Equal((ours.Status, ours.Error), (motos.Status, motos.Error));
        Assert.Equal(ours.Lines, motos.Lines);
        Assert.Equal(ours.Calls, motos.Calls);
        Assert.Equal(ours.Messages, motos.Messages);
    }
}
