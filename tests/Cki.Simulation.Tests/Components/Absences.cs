namespace Cki.Simulation.Tests;

/// <summary>How each component of components.yaml is taken away where a world can do so.</summary>
public static class Absences
{
    private static readonly string[] s_archive = ["deliveries/", "spill/"];

    private static readonly SortedDictionary<string, Func<Absence>> s_all = new(StringComparer.Ordinal)
    {
        ["front-door"] = () => new Absence { DoorToo = true },
        ["webhook-intake"] = () => new Absence { DoorToo = true },
        ["lambda"] = () => new Absence { DoorToo = true, Invocations = _ => true },
        ["iam"] = () => new Absence { Queues = _ => true, Keys = _ => true, FlowsToo = true, SecretsToo = true },
        ["secrets"] = () => new Absence { SecretsToo = true },
        ["state-bucket"] = () => new Absence { Keys = key => !IsArchive(key) },
        ["archive-bucket"] = () => new Absence { Keys = IsArchive },
        ["detect-queue"] = () => OfQueue(QueueNames.Detect),
        ["trigger-queue"] = () => OfQueue(QueueNames.Trigger),
        ["herd-queue"] = () => OfQueue(QueueNames.Herd),
        ["report-queue"] = () => OfQueue(QueueNames.Report),
        ["watch-queue"] = () => OfQueue(QueueNames.Watch),
        ["flows"] = () => new Absence { FlowsToo = true },
        ["commit-detection"] = () => OfStage(QueueNames.Detect),
        ["pipeline-trigger"] = () => OfStage(QueueNames.Trigger, "start-pipeline", "check-pipeline", "cancel-pipeline", "fall-back", "refuse-run"),
        ["job-herding"] = () => OfStage(QueueNames.Herd, "retry-job"),
        ["reporting"] = () => OfStage(QueueNames.Report),
        ["watch-sweeps"] = () => new Absence { Invocations = name => name == QueueNames.Watch || name.EndsWith("-dead", StringComparison.Ordinal) },
        ["gitlab"] = () => new Absence { GitLabToo = true },
        ["git-servers"] = () => new Absence { Peers = request => request.RequestUri!.Host == GitPeer.Host ? Absence.Refusal() : null, Only = "tree elsewhere" },
        ["dns"] = () => new Absence
        {
            Peers = request => throw new HttpRequestException(HttpRequestError.NameResolutionError, $"Could not resolve host: {request.RequestUri!.Host}"),
            Channels = _ => true,
        },
        ["mail"] = () => OfChannel<ChannelConfig.Mail>("list"),
        ["folder"] = () => OfChannel<ChannelConfig.Folder>("files"),
        ["slack"] = () => OfChannel<ChannelConfig.Slack>("chat"),
        ["webhook-receivers"] = () => new Absence
        {
            Peers = request => request.RequestUri!.Host == ChannelPeer.Host && request.RequestUri.AbsolutePath == "/developers" ? Absence.Refusal() : null, Only = "channel developers",
        },
        ["commit-status"] = () => new Absence
        {
            Peers = request => request.Method == HttpMethod.Post && request.RequestUri!.AbsolutePath.Contains("/statuses/", StringComparison.Ordinal) ? Absence.Refusal() : null,
            Only = "channel status",
        },
        ["board"] = () => new Absence { Keys = key => key.StartsWith("board/", StringComparison.Ordinal) },
    };

    public static IEnumerable<string> Names => s_all.Keys;

    public static Absence Named(string name) => s_all[name]();

    private static bool IsArchive(string key) => s_archive.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal));

    private static Absence OfQueue(string queue) => new() { Queues = name => name == queue };

    private static Absence OfStage(params string[] names) => new() { Invocations = names.Contains };

    private static Absence OfChannel<T>(string name)
        where T : ChannelConfig => new() { Channels = channel => channel is T, Only = $"channel {name}" };
}
