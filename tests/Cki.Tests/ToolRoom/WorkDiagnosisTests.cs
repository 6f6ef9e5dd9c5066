using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public class WorkDiagnosisTests
{
    private static string[] Of(WorkFact work) => [.. WorkDiagnosis.Of(work, "--data d", A.Noon).Select(f => $"{f.Severity} {f.Check}: {f.What}")];

    private static WorkFact Queue(string name, long ready, long inFlight, double? oldMinutes) =>
        HealthyFacts.Work() with { Queues = [new QueueDepth(name, ready, 0, inFlight, oldMinutes is { } m ? A.Noon.AddMinutes(-m) : null)] };

    [Fact]
    public void Messages_that_nobody_takes_are_told_after_15_minutes()
    {
        Assert.Equal(["Problem queues: herd: 2 message(s) wait, the oldest for 16 min, and nobody takes them"], Of(Queue("herd", 2, 0, 16)));
        Assert.Empty(Of(Queue("herd", 2, 0, 14)));
        Assert.Empty(Of(Queue("herd", 2, 1, 16)));
        Assert.Empty(Of(Queue("herd", 0, 0, 16)));
    }

    [Fact]
    public void A_thousand_waiting_messages_are_told_whatever_their_age()
    {
        Assert.Equal(["Problem queues: herd: 1001 messages wait"], Of(Queue("herd", 1001, 5, null)));
        Assert.Empty(Of(Queue("herd", 1000, 5, null)));
    }

    [Fact]
    public void Unfiled_dead_letters_of_SQS_are_told() =>
        Assert.Equal(["Problem queues: herd-dead: 1 dead letter(s) are not filed yet"], Of(Queue("herd-dead", 1, 0, null)));

    [Fact]
    public void Filed_dead_letters_are_told() =>
        Assert.Equal(["Problem dead letters: 3 are filed, 1 of them parked"], Of(HealthyFacts.Work() with { DeadLetters = 3, DeadLettersParked = 1 }));

    [Fact]
    public void Spill_and_due_work_are_told_when_Watch_missed_its_ticks()
    {
        WorkFact old = HealthyFacts.Work() with { Spilled = 2, OldestSpilled = A.Noon.AddMinutes(-11), OldestDue = A.Noon.AddMinutes(-12) };
        Assert.Equal(
            [
                "Problem spill: 2 message(s) that a queue refused have waited since 2026-11-22 11:49Z",
                "Problem watch: work that was due at 2026-11-22 11:48Z was not looked at",
            ],
            Of(old));
        Assert.Empty(Of(old with { OldestSpilled = A.Noon.AddMinutes(-9), OldestDue = A.Noon.AddMinutes(-9) }));
        Assert.Empty(Of(HealthyFacts.Work() with { OldestDue = null }));
        Assert.Empty(Of(HealthyFacts.Work() with { OldestDue = A.Noon.AddHours(3) }));
    }

    [Fact]
    public void A_tree_that_is_not_or_cannot_be_polled_is_told()
    {
        var heads = new TreeHeads(A.Tree().Name) { PolledAt = A.Noon.AddMinutes(-26) };
        Assert.Equal(["Problem trees: mainline was last polled at 2026-11-22 11:34Z, its interval is 5 min"], Of(HealthyFacts.Work() with { Trees = [new TreeFact(A.Tree(), heads)] }));
        Assert.Equal(
            ["Problem trees: mainline cannot be polled since 2026-11-22 11:00Z: timed out"],
            Of(HealthyFacts.Work() with { Trees = [new TreeFact(A.Tree(), heads with { PollError = "timed out", PollFailingSince = A.Noon.AddHours(-1) })] }));
        Assert.Equal(["Note trees: mainline was never polled"], Of(HealthyFacts.Work() with { Trees = [new TreeFact(A.Tree(), null)] }));
    }

    [Fact]
    public void Switches_are_notes_and_an_expired_one_is_nothing()
    {
        Switch observe = new(Switch.Observe, "new", "cki up", A.Noon, null), retry = new("retry@mainline", "lab move", "jane", A.Noon, A.Noon.AddHours(1));
        Finding[] findings = [.. WorkDiagnosis.Of(HealthyFacts.Work() with { Switches = [observe, retry, retry with { Until = A.Noon }] }, "--data d", A.Noon)];
        Assert.Equal(
            [
                Finding.Note("switches", "observing since 2026-11-22 12:00Z: nothing is posted (new)", "cki arm --data d"),
                Finding.Note("switches", "retry@mainline is held since 2026-11-22 12:00Z by jane: lab move", "cki resume retry --tree mainline --data d"),
            ],
            findings);
    }

    [Fact]
    public void What_cannot_be_read_is_not_judged()
    {
        Assert.Equal(["CannotTell queues: they cannot be read: denied"], Of(HealthyFacts.Work() with { Queues = null, QueuesTrouble = "denied" }));
        Assert.Equal(["CannotTell work: the store cannot be read: denied"], Of(new WorkFact { StoreTrouble = "denied" }));
    }
}
