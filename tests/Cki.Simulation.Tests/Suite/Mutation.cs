namespace Cki.Simulation.Tests;

/// <summary>A port that breaks one of its promises, laid over the sound one. The default breaks nothing.</summary>
public class Mutation
{
    public virtual IMessageQueue Queue(IMessageQueue sound) => sound;

    public virtual IObjectStore Store(IObjectStore sound) => sound;

    public virtual IFlows Flows(IFlows sound) => sound;

    public virtual ISecrets Secrets(ISecrets sound) => sound;

    /// <summary>An invocation of a stage, by queue or task name.</summary>
    public virtual Task InvokeAsync(string name, Func<CancellationToken, Task> run, CancellationToken cancellationToken) => run(cancellationToken);

    public virtual HttpMessageHandler Http(HttpMessageHandler sound, Simulation simulation) => sound;
}
