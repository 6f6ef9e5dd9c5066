using Xunit;

namespace Cki.Simulation.Tests;

[Collection("one pool thread")]
public sealed class LifeTests
{
    [Fact]
    public async Task A_crash_drops_what_comes_after_the_step()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        var life = new Life(simulation, "anna", 1);
        var done = new List<string>();
        _ = WorkAsync(life, done);

        simulation.Schedule(TimeSpan.FromSeconds(10), simulation.Outside, () => life.Kill("a test says so"));
        await simulation.RunForAsync(TimeSpan.FromHours(1));

        Assert.Equal(["before"], done);
    }

    [Fact]
    public async Task No_finally_runs_after_a_crash()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        var life = new Life(simulation, "anna", 1);
        bool cleanedUp = false;
        async Task TidyAsync()
        {
            try
            {
                await life.StepAsync("x");
            }
            finally
            {
                cleanedUp = true;
            }
        }
        _ = TidyAsync();

        life.Kill("a test says so");
        await simulation.RunForAsync(TimeSpan.FromHours(1));

        Assert.False(cleanedUp);
    }

    [Fact]
    public async Task Timers_of_a_life_end_with_it_and_those_of_the_outside_do_not()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        var life = new Life(simulation, "anna", 1);
        int ours = 0, theirs = 0;
        using ITimer a = life.CreateTimer(_ => ours++, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        using ITimer b = simulation.CreateTimer(_ => theirs++, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        simulation.Schedule(TimeSpan.FromSeconds(150), simulation.Outside, () => life.Kill("a test says so"));
        await simulation.RunForAsync(TimeSpan.FromSeconds(601));

        Assert.Equal((2, 10), (ours, theirs));
    }

    [Fact]
    public async Task A_process_is_started_again_after_each_crash()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        var lives = new List<string>();
        var process = new SimulatedProcess(simulation, "anna", life =>
        {
            lives.Add(life.Name);
            return life.Ended;
        });
        process.Start();

        for (int minute = 10; minute <= 20; minute += 10)
            simulation.Schedule(TimeSpan.FromMinutes(minute), simulation.Outside, () => process.Kill("a test says so"));
        await simulation.RunForAsync(TimeSpan.FromHours(1));

        Assert.Equal(["anna/1", "anna/2", "anna/3"], lives);
    }

    [Fact]
    public async Task Giving_up_on_an_answer_does_not_reach_the_peer()
    {
        await Task.Yield();
        var simulation = new Simulation(1);
        bool peerDone = false;
        async Task<HttpResponseMessage> SlowPeerAsync(HttpRequestMessage request)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), simulation);
            peerDone = true;
            return new HttpResponseMessage();
        }
        using var http = new HttpClient(new SteppedHandler(SlowPeerAsync, new Life(simulation, "anna", 1))) { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), simulation);
        Task<HttpResponseMessage> call = http.GetAsync("http://peer.example/", limit.Token);

        await simulation.RunForAsync(TimeSpan.FromHours(1));

        Assert.Equal((true, true), (call.IsCanceled, peerDone));
    }

    private static async Task WorkAsync(Life life, List<string> done)
    {
        done.Add("before");
        await Task.Delay(TimeSpan.FromMinutes(1), life);
        done.Add("after");
    }
}
