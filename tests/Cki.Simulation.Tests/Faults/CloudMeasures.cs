using Cki.Engine;

namespace Cki.Simulation.Tests;

/// <summary>What AWS itself would measure of the world each minute, as far as alarms of faults look at it.</summary>
public sealed class CloudMeasures(Simulation simulation, Town town, Absence absence, EmbeddedEngine engine)
{
    private readonly Dictionary<string, List<double>> minutes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counted = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, List<double>> Minutes => minutes;

    public void Sample()
    {
        IReadOnlyList<QueueStanding> queues = engine.Queues.Standings();
        foreach (string queue in QueueNames.All)
        {
            string name = $"{char.ToUpperInvariant(queue[0])}{queue[1..]}";
            Add($"AWS/SQS ApproximateAgeOfOldestMessage {name}Queue", Age(queues, queue));
            Add($"AWS/SQS ApproximateAgeOfOldestMessage {name}DeadLetterQueue", Age(queues, EngineQueues.DeadQueueOf(queue)));
            Add($"AWS/SQS NumberOfMessagesReceived {name}DeadLetterQueue", New(EngineQueues.DeadQueueOf(queue), absence.Invoked.GetValueOrDefault(EngineQueues.DeadQueueOf(queue))));
        }
        // Requests, invocations and answers are measured where there are any.
        Add("AWS/S3 GetRequests ArchiveBucket", Some(New("spill", absence.SpillReads)));
        Add("AWS/Lambda Invocations WatchFunction", Some(New("watch", absence.Invoked.GetValueOrDefault(QueueNames.Watch))));
        int answers = New("answers", town.DoorAnswers.Count);
        Add("AWS/ApiGateway 5xx HttpApi", answers == 0 ? double.NaN : town.DoorAnswers.TakeLast(answers).Count(answer => answer.Status >= 500));
    }

    private static double Some(int count) => count == 0 ? double.NaN : count;

    private int New(string what, int count)
    {
        int before = counted.GetValueOrDefault(what);
        counted[what] = count;
        return count - before;
    }

    private void Add(string metric, double value)
    {
        if (!minutes.TryGetValue(metric, out List<double>? values))
            minutes[metric] = values = [];
        values.Add(value);
    }

    private double Age(IReadOnlyList<QueueStanding> queues, string queue) =>
        queues.FirstOrDefault(standing => standing.Queue == queue)?.OldestSent is { } sent ? (simulation.GetUtcNow() - sent).TotalSeconds : 0;
}
