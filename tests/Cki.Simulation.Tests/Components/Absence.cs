using System.Net;

namespace Cki.Simulation.Tests;

/// <summary>One component that can be taken away and brought back. What is not said here works on.</summary>
public sealed class Absence : Mutation
{
    private readonly List<TaskCompletionSource> held = [];

    public bool IsAway { get; private set; }

    /// <summary>Queues that take nothing and give nothing out.</summary>
    public Func<string, bool> Queues { get; init; } = _ => false;

    /// <summary>Keys that can neither be read nor written; a prefix listed counts as a key.</summary>
    public Func<string, bool> Keys { get; init; } = _ => false;

    /// <summary>Flows are neither started nor described, and call nobody.</summary>
    public bool FlowsToo { get; init; }

    public bool SecretsToo { get; init; }

    /// <summary>Invocations, by queue or task name, that fail before they begin.</summary>
    public Func<string, bool> Invocations { get; init; } = _ => false;

    /// <summary>Requests of ours that get this answer; null: they pass.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Peers { get; init; } = _ => null;

    /// <summary>Channels, by kind, whose peer takes nothing.</summary>
    public Func<ChannelConfig, bool> Channels { get; init; } = _ => false;

    /// <summary>The front door answers 503.</summary>
    public bool DoorToo { get; init; }

    /// <summary>Nobody sees GitLab, and it calls nobody.</summary>
    public bool GitLabToo { get; init; }

    /// <summary>What becomes of the answers, and whether it is away.</summary>
    public Action<HttpResponseMessage, bool> Answers { get; init; } = (_, _) => { };

    /// <summary>The world by which its effect is narrowed: heads of this tree, or this channel; null: all.</summary>
    public string? Only { get; init; }

    /// <summary>The invocations that were counted by name since the last look, for signals that stand on invocations.</summary>
    public SortedDictionary<string, int> Invoked { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads of what was spilled, which S3 counts by its filter.</summary>
    public int SpillReads { get; private set; }

    /// <summary>Stands around each invocation that is not held up.</summary>
    public Func<string, Func<CancellationToken, Task>, CancellationToken, Task> Through { get; set; } = (_, run, cancellationToken) => run(cancellationToken);

    public void Begin() => IsAway = true;

    public void End()
    {
        IsAway = false;
        held.ForEach(waiting => waiting.TrySetResult());
        held.Clear();
    }

    public override IMessageQueue Queue(IMessageQueue sound) => new AwayQueue(sound, this);

    public override IObjectStore Store(IObjectStore sound) => new AwayStore(sound, this);

    public override IFlows Flows(IFlows sound) => new AwayFlows(sound, this);

    public override ISecrets Secrets(ISecrets sound) => new AwaySecrets(sound, this);

    public override HttpMessageHandler Http(HttpMessageHandler sound, Simulation simulation) => new AwayPeers(sound, this);

    public override async Task InvokeAsync(string name, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        // What a queue or the flows do not give out is called when they do.
        if (IsAway && (Queues(name) || (FlowsToo && !QueueNames.All.Contains(name) && !name.EndsWith("-dead", StringComparison.Ordinal))))
        {
            var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            held.Add(waiting);
            await waiting.Task;
        }
        if (IsAway && Invocations(name))
            throw new FlowTaskException("Lambda.ServiceException", $"{name} cannot be invoked");
        Invoked[name] = Invoked.GetValueOrDefault(name) + 1;
        await Through(name, run, cancellationToken);
    }

    private sealed class AwayQueue(IMessageQueue sound, Absence of) : IMessageQueue
    {
        public Task SendAsync(OutgoingMessage message, CancellationToken cancellationToken) =>
            of.IsAway && of.Queues(message.Queue) ? throw new QueueUnavailableException($"Queue {message.Queue} is away") : sound.SendAsync(message, cancellationToken);
    }

    private sealed class AwayStore(IObjectStore sound, Absence of) : IObjectStore
    {
        public Task<StoredObject?> GetAsync(string key, CancellationToken cancellationToken)
        {
            of.SpillReads += key.StartsWith(SpilledMessage.Prefix, StringComparison.Ordinal) ? 1 : 0;
            return At(key).GetAsync(key, cancellationToken);
        }

        public Task<PutOutcome> PutAsync(string key, ReadOnlyMemory<byte> body, PutCondition condition, CancellationToken cancellationToken) =>
            At(key).PutAsync(key, body, condition, cancellationToken);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, string? after, int most, CancellationToken cancellationToken) =>
            At(prefix).ListAsync(prefix, after, most, cancellationToken);

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => At(key).DeleteAsync(key, cancellationToken);

        private IObjectStore At(string key) => of.IsAway && of.Keys(key) ? throw new StoreUnavailableException($"{key}: the store is away") : sound;
    }

    private sealed class AwayFlows(IFlows sound, Absence of) : IFlows
    {
        private IFlows Now => of.IsAway && of.FlowsToo ? throw new FlowsUnavailableException("The flows are away") : sound;

        public Task<FlowStart> StartAsync(string flow, string name, string input, CancellationToken cancellationToken) => Now.StartAsync(flow, name, input, cancellationToken);

        public Task<FlowExecution?> DescribeAsync(string flow, string name, CancellationToken cancellationToken) => Now.DescribeAsync(flow, name, cancellationToken);

        public Task StopAsync(string flow, string name, string error, string cause, CancellationToken cancellationToken) => Now.StopAsync(flow, name, error, cause, cancellationToken);

        public Task<FlowSignal> SignalAsync(string taskToken, string output, CancellationToken cancellationToken) => Now.SignalAsync(taskToken, output, cancellationToken);

        public Task<FlowSignal> FailAsync(string taskToken, string error, string cause, CancellationToken cancellationToken) => Now.FailAsync(taskToken, error, cause, cancellationToken);
    }

    private sealed class AwaySecrets(ISecrets sound, Absence of) : ISecrets
    {
        public Task<string?> GetAsync(string name, CancellationToken cancellationToken) =>
            of.IsAway && of.SecretsToo ? throw new SecretsUnavailableException("The secrets are away") : sound.GetAsync(name, cancellationToken);
    }

    private sealed class AwayPeers(HttpMessageHandler sound, Absence of) : DelegatingHandler(sound)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            bool isAway = of.IsAway;
            HttpResponseMessage answer = (isAway ? of.Peers(request) : null) ?? await base.SendAsync(request, cancellationToken);
            answer.RequestMessage = request;
            of.Answers(answer, isAway);
            return answer;
        }
    }

    public static HttpResponseMessage Refusal() => new(HttpStatusCode.ServiceUnavailable) { Content = new StringContent("") };
}
