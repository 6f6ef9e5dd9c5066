using Cki.Engine;
using Cki.WebhookIntake;

namespace Cki.Simulation.Tests;

/// <summary><c>cki up</c>: engine and all stages in one process, which dies as a whole and starts again from its database.</summary>
public sealed class OneProcess(Simulation simulation, Installation installation, Town town)
{
    public void Start()
    {
        var process = new SimulatedProcess(simulation, "cki", RunAsync) { CrashChance = installation.Chances.Crash };
        process.Start();
    }

    private async Task RunAsync(Life life)
    {
        EmbeddedEngine engine = installation.Open(life);
        var stages = new StageShelf(installation.Ports(engine, life), installation.Http(life), new TraceLogs(life), (installation.Reports, installation.Watch));
        var dispatcher = new Dispatcher(engine, stages.All, installation.Dispatching(life));
        SuiteSetting.Schedule(dispatcher, installation.Tick);
        dispatcher.Start();
        WebhookDoor door = stages.Door();
        town.FrontDoor = request => ServeAsync(request, door, life);
        await life.Ended;
    }

    private static async Task<HttpResponseMessage> ServeAsync(HttpRequestMessage request, WebhookDoor door, Life life)
    {
        if (life.IsOver)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        Task<HttpResponseMessage> answer = FrontDoorSkin.AnswerAsync(door, request);
        if (await Task.WhenAny(answer, life.Ended) != answer)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
        return await answer;
    }
}
