using System.Text;
using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Xunit;

namespace Cki.Tests.SimulatorRooms;

public sealed class ClockTests
{
    [Fact]
    public async Task The_same_dice_replay_the_same_history() =>
        Assert.Equal(await HistoryAsync(seed: 7), await HistoryAsync(seed: 7));

    [Fact]
    public async Task Other_dice_make_another_history() =>
        Assert.NotEqual(await HistoryAsync(seed: 7), await HistoryAsync(seed: 8));

    [Fact]
    public async Task On_the_real_clock_a_pipeline_runs_to_its_end_and_says_so()
    {
        var peer = new EndOfPipeline();
        var settings = new GitLabSettings { PickupDelay = TimeSpan.FromMilliseconds(5), HookLatency = TimeSpan.FromMilliseconds(1) };
        var world = new GitLabWorld(TimeProvider.System, _ => 0.5, new HttpClient(peer), settings);
        GitLabProject project = world.AddProject("cki/kernel-tests");
        world.AddHook(project, "https://cki.example/", hook => hook.PipelineEvents = true);
        world.AddRunner("k8s-1");
        world.Commit(project.Path, "main", "first");
        world.Script = _ => new PipelineScript([.. Enumerable.Range(0, 5).Select(i =>
            new JobScript($"job {i}", $"stage {i}") { Attempts = [new() { Duration = TimeSpan.FromMilliseconds(10) }] })]);
        world.StartPipeline(project, "main", "web", world.AddUser("bot"));
        Assert.Equal("success", await peer.Status.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    private static async Task<string> HistoryAsync(int seed)
    {
        int rolls = 0;
        var world = new World(dice: site => Spread($"{seed}/{site}/{rolls++}"));
        world.GitLab.AddHook(world.Project, "https://cki.example/", hook =>
        {
            hook.JobEvents = true;
            hook.PipelineEvents = true;
        });
        foreach (ApiFault fault in new[] { ApiFault.LostAfter, ApiFault.LateEffect, ApiFault.BadGateway })
            world.GitLab.Faults.Api(fault, new FaultWhen { Chance = 0.2 });
        foreach (HookFault fault in Enum.GetValues<HookFault>())
            world.GitLab.Faults.Hooks(fault, new FaultWhen { Chance = 0.1 });
        world.GitLab.Faults.Jobs(JobFault.BreaksInScript, new FaultWhen { Chance = 0.3 });
        for (int i = 0; i < 20; i++)
        {
            await TryAsync(world);
            world.Pass(45);
        }
        var history = new StringBuilder();
        foreach (GitLabJob job in world.GitLab.Jobs)
            history.AppendLine($"{job.Id} {string.Join(' ', job.History.Select(entry => $"{entry.At:T} {entry.Status}"))}");
        foreach ((HttpRequestMessage request, string body) in world.Peer.Received)
            history.AppendLine($"{request.Headers.GetValues("Idempotency-Key").Single()} {JsonNode.Parse(body)!["object_kind"]}");
        return history.ToString();
    }

    private static async Task TryAsync(World world)
    {
        try
        {
            await world.SendAsync("POST", $"{world.Root}/pipeline", """{"ref":"main"}""");
        }
        catch (HttpRequestException)
        {
            // A lost answer: what it did is in the history.
        }
    }

    private static double Spread(string key) =>
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(key))[0] / 256.0;

    private sealed class EndOfPipeline : HttpMessageHandler
    {
        public TaskCompletionSource<string> Status { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string status = (string)JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!["object_attributes"]!["status"]!;
            if (status is "success" or "failed")
                Status.TrySetResult(status);
            return new HttpResponseMessage();
        }
    }
}
