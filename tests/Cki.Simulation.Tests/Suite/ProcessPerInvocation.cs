using System.Text.Json.Nodes;
using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>As on AWS: the engine stands outside and never dies; each invocation is a process of its own, composed anew.</summary>
public sealed class ProcessPerInvocation(Simulation simulation, Installation installation, Town town)
{
    private int invocations;

    public void Start()
    {
        EmbeddedEngine engine = installation.Open(simulation.Outside);
        // Composed once to learn the names; this one is never called.
        var names = new StageShelf(installation.Ports(engine, simulation.Outside), installation.Http(simulation.Outside), new TraceLogs(simulation.Outside));
        StageEndpoints[] remote = [.. names.All.Select((stage, index) => new StageEndpoints(
            stage.Queues.Keys.ToDictionary(queue => queue, queue => (MessageHandler)((message, ct) =>
                InvokeAsync(engine, queue, async shelf => { await shelf.Stage(index).Queues[queue](message, ct); return null; }))),
            stage.Tasks.Keys.ToDictionary(task => task, task => (FlowTask)((input, ct) =>
                InvokeAsync(engine, task, shelf => shelf.Stage(index).Tasks[task](input, ct))))))];
        var dispatcher = new Dispatcher(engine, remote, installation.Dispatching(simulation.Outside));
        SuiteSetting.Schedule(dispatcher, installation.Tick);
        dispatcher.Start();
        town.FrontDoor = request => ServeAsync(engine, request);
    }

    private async Task<JsonNode?> InvokeAsync(EmbeddedEngine engine, string name, Func<StageShelf, Task<JsonNode?>> run)
    {
        Life life = NewLife(name);
        Task<JsonNode?> work = run(Compose(engine, life));
        bool isDone = await Task.WhenAny(work, life.Ended, Task.Delay(SuiteSetting.InvocationMax, life)) == work;
        if (isDone)
        {
            life.Freeze();
            return await work;
        }
        life.Kill("its time is over");
        // What Step Functions and the poller see of a process that died.
        throw new FlowTaskException("Runtime.ExitError", $"{name} died");
    }

    private async Task<HttpResponseMessage> ServeAsync(EmbeddedEngine engine, HttpRequestMessage request)
    {
        Life life = NewLife("intake");
        Task<HttpResponseMessage> answer = FrontDoorSkin.AnswerAsync(Compose(engine, life).Door(), request);
        return await Task.WhenAny(answer, life.Ended) == answer
            ? await answer
            : new HttpResponseMessage(System.Net.HttpStatusCode.BadGateway);
    }

    private Life NewLife(string name)
    {
        simulation.Count($"invoke.{name}");
        return new(simulation, name, ++invocations) { CrashChance = installation.Chances.Crash };
    }

    private StageShelf Compose(EmbeddedEngine engine, Life life) =>
        new(installation.Ports(engine, life), installation.Http(life), new TraceLogs(life), (installation.Reports, installation.Watch));
}
