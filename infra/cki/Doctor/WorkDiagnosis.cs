namespace Cki.Tool;

/// <summary>Judges what waits and what is held. Pure.</summary>
internal static class WorkDiagnosis
{
    /// <summary>Handlers take seconds; a message that has waited for so long without being held is not being taken.</summary>
    private static readonly TimeSpan s_waitMax = TimeSpan.FromMinutes(15);

    /// <summary>Watch's tick comes each minute; spilled messages and due work outlast a few only when it does not.</summary>
    private static readonly TimeSpan s_ticksMissed = TimeSpan.FromMinutes(10);

    /// <summary>As many are never seen in a suite that keeps up.</summary>
    private const int ReadyMax = 1000;

    /// <summary>Of SQS's 120,000 for a standard queue.</summary>
    private const int InFlightMax = 100_000;

    public static IEnumerable<Finding> Of(WorkFact work, string installation, DateTimeOffset now)
    {
        if (work.QueuesTrouble is { } trouble)
            yield return Finding.CannotTell("queues", $"they cannot be read: {trouble}", "see whether your credentials may look at them");
        foreach (QueueDepth queue in work.Queues ?? [])
        {
            if (Judge(queue, now) is { } finding)
                yield return finding;
        }
        if (work.StoreTrouble is { } store)
        {
            yield return Finding.CannotTell("work", $"the store cannot be read: {store}", "see whether your credentials may read it");
            yield break;
        }
        foreach (Finding finding in Store(work, installation, now).Concat(work.Trees.SelectMany(t => Tree(t, now))).Concat(work.Switches.Select(s => Held(s, installation, now)).OfType<Finding>()))
            yield return finding;
    }

    private static Finding? Judge(QueueDepth queue, DateTimeOffset now)
    {
        bool isDead = queue.Queue.EndsWith("-dead", StringComparison.Ordinal);
        if (queue.Ready > 0 && queue.InFlight == 0 && now - queue.OldestSent > s_waitMax)
            return Finding.Problem("queues", $"{queue.Queue}: {queue.Ready} message(s) wait, the oldest for {Minutes(now - queue.OldestSent!.Value)}, and nobody takes them", isDead ? "see that Watch runs" : "see that the suite runs, and its log");
        if (queue.InFlight > InFlightMax)
            return Finding.Problem("quotas", $"{queue.Queue}: {queue.InFlight} messages are in flight; SQS gives out no more than 120,000", "see its stage's log: they are received and not deleted");
        if (queue.Ready > ReadyMax)
            return Finding.Problem("queues", $"{queue.Queue}: {queue.Ready} messages wait", "see its stage's log and GitLab's rate limits");
        if (queue is not { Ready: > 0, InFlight: 0, OldestSent: null })
            return null;
        return isDead
            ? Finding.Problem("queues", $"{queue.Queue}: {queue.Ready} dead letter(s) are not filed yet", "Watch files them within a minute: if this stays, see that it runs")
            : Finding.CannotTell("queues", $"{queue.Queue}: {queue.Ready} message(s) wait and nobody takes them; since when cannot be told: {queue.AgeTrouble ?? "CloudWatch has not counted them yet"}", "look again in five minutes");
    }

    private static IEnumerable<Finding> Store(WorkFact work, string installation, DateTimeOffset now)
    {
        if (work.DeadLetters > 0)
            yield return Finding.Problem("dead letters", $"{work.DeadLetters} are filed, {work.DeadLettersParked} of them parked", $"cki dead list {installation}; return or drop them");
        if (work.Spilled > 0 && now - work.OldestSpilled > s_ticksMissed)
            yield return Finding.Problem("spill", $"{work.Spilled} message(s) that a queue refused have waited since {work.OldestSpilled:yyyy-MM-dd HH:mm}Z", "Watch sends them each minute: see that it runs, and that the queue answers");
        if (now - work.OldestDue > s_ticksMissed)
            yield return Finding.Problem("watch", $"work that was due at {work.OldestDue:yyyy-MM-dd HH:mm}Z was not looked at", "Watch looks each minute: see that it runs (cki up; on AWS the schedule and WatchFunction)");
    }

    private static IEnumerable<Finding> Tree(TreeFact fact, DateTimeOffset now)
    {
        TimeSpan late = fact.Tree.PollInterval * 3 + s_ticksMissed;
        if (fact.Heads is null)
            yield return Finding.Note("trees", $"{fact.Tree.Name} was never polled");
        else if (fact.Heads.PollError is { } error)
            yield return Finding.Problem("trees", $"{fact.Tree.Name} cannot be polled since {fact.Heads.PollFailingSince:yyyy-MM-dd HH:mm}Z: {error}", $"see whether {fact.Tree.Url} answers, and that it is right in trees.yaml");
        else if (now - fact.Heads.PolledAt > late)
            yield return Finding.Problem("trees", $"{fact.Tree.Name} was last polled at {fact.Heads.PolledAt:yyyy-MM-dd HH:mm}Z, its interval is {fact.Tree.PollInterval.TotalMinutes:0.#} min", "see that Watch and CommitDetection run");
    }

    private static Finding? Held(Switch held, string installation, DateTimeOffset now)
    {
        if (held.Until <= now)
            return null;
        if (held.What == Switch.Staging)
            return Finding.Note("switches", $"staging since {held.Since:yyyy-MM-dd HH:mm}Z: it decides and posts nothing");
        return held.What == Switch.Observe
            ? Finding.Note("switches", $"observing since {held.Since:yyyy-MM-dd HH:mm}Z: nothing is posted ({held.Reason})", $"cki arm {installation}")
            : Finding.Note("switches", $"{held.What} is held since {held.Since:yyyy-MM-dd HH:mm}Z by {held.By}: {held.Reason}", $"cki resume {held.What.Replace("@", " --tree ")} {installation}");
    }

    private static string Minutes(TimeSpan time) => time.TotalHours >= 2 ? $"{time.TotalHours:0.#} h" : $"{time.TotalMinutes:0} min";
}
