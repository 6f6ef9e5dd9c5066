using Cki.Engine;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// What monitoring sees each minute: the conditions of template.yaml's alarms, as their metrics would show them. In <c>cki up</c> the same figures stand on
/// <c>/metrics</c>.
/// </summary>
public sealed class Signals(Simulation simulation, Town town, Absence absence, EmbeddedEngine engine)
{
    /// <summary>As SpillAlarm's.</summary>
    private const int SpillMinutes = 15;

    /// <summary>As WatchSilentAlarm's.</summary>
    private const int SilentMinutes = 5;

    private static readonly SortedDictionary<string, (string Queue, int Seconds)> s_ages = new(StringComparer.Ordinal)
    {
        ["DetectAgeAlarm"] = (QueueNames.Detect, 900), ["TriggerAgeAlarm"] = (QueueNames.Trigger, 900), ["HerdAgeAlarm"] = (QueueNames.Herd, 1800),
        ["ReportAgeAlarm"] = (QueueNames.Report, 3600), ["WatchAgeAlarm"] = (QueueNames.Watch, 900),
    };

    private readonly SortedDictionary<string, TimeSpan> first = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TimeSpan> last = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, TimeSpan> final = new(StringComparer.Ordinal);
    private int answers, ticks, silent, spilled, dead, letters;

    public bool WasSpilled { get; private set; }

    /// <summary>First minute of an alarm since the component went; null: none.</summary>
    public TimeSpan? First(string alarm) => first.TryGetValue(alarm, out TimeSpan at) ? at : null;

    public TimeSpan? Last(string alarm) => last.TryGetValue(alarm, out TimeSpan at) ? at : null;

    /// <summary>When a commit's status became final, to the minute; null: it is not.</summary>
    public TimeSpan? FinalStatus(string sha) => final.TryGetValue(sha, out TimeSpan at) ? at : null;

    public string Told() => string.Join(", ", first.Select(alarm => $"{alarm.Key} {alarm.Value:hh\\:mm} to {last[alarm.Key]:d\\.hh\\:mm}"));

    /// <summary>One minute has passed.</summary>
    /// <param name="counts">False: before the component goes, nothing is noted.</param>
    public async Task LookAsync(bool counts)
    {
        Statuses();
        IReadOnlyList<string> spill = await engine.Store.ListAsync(SpilledMessage.Prefix, null, 1, CancellationToken.None);
        spilled = spill.Count > 0 ? spilled + 1 : 0;
        int ticked = absence.Invoked.GetValueOrDefault(QueueNames.Watch);
        silent = ticked == ticks ? silent + 1 : 0;
        ticks = ticked;
        bool isRefused = town.DoorAnswers.Skip(answers).Any(answer => answer.Status >= 500);
        answers = town.DoorAnswers.Count;
        if (!counts)
            return;
        WasSpilled |= spilled > 0;
        IReadOnlyList<QueueStanding> queues = engine.Queues.Standings();
        foreach ((string alarm, (string queue, int seconds)) in s_ages)
            Note(alarm, Age(queues, queue) > seconds);
        // SQS counts the age of a dead letter from its death.
        dead = queues.Any(queue => IsDead(queue.Queue)) ? dead + 1 : 0;
        int filed = absence.Invoked.Where(call => IsDead(call.Key)).Sum(call => call.Value);
        Note("DeadLettersAlarm", filed > letters);
        letters = filed;
        Note("DeadLettersStayAlarm", dead > 30);
        Note("SpillAlarm", spilled >= SpillMinutes);
        Note("IntakeServerErrorsAlarm", isRefused);
        Note("WatchSilentAlarm", silent >= SilentMinutes);
        Note("DiedFlowsAlarm", engine.Flows.Newest("test-commit", FlowStatus.Failed, 1).Count + engine.Flows.Newest("retry-job", FlowStatus.Failed, 1).Count > 0);
    }

    private void Note(string alarm, bool isOn)
    {
        if (!isOn)
            return;
        first.TryAdd(alarm, simulation.Elapsed);
        last[alarm] = simulation.Elapsed;
    }

    private static bool IsDead(string queue) => queue.EndsWith("-dead", StringComparison.Ordinal);

    private void Statuses()
    {
        foreach (GitLabCommitStatus status in town.GitLab.CommitStatuses.Where(status => status.State is "success" or "failed" or "canceled"))
            final.TryAdd(status.Sha, simulation.Elapsed);
    }

    private double Age(IReadOnlyList<QueueStanding> queues, string queue) =>
        queues.FirstOrDefault(standing => standing.Queue == queue)?.OldestSent is { } sent ? (simulation.GetUtcNow() - sent).TotalSeconds : 0;
}
