using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.WatchRooms;

public sealed class DeadLetterTests
{
    private static readonly CommitDetected Message = new(Detection().Run);
    private readonly WatchWorld _world = new();

    public DeadLetterTests() => _world.Compared();

    private DeadLetter Filed() => _world.Ports.Store.Peek(Assert.Single(_world.Ports.Store.Under("dead/")), DocumentJson.Default.DeadLetter)!;

    /// <summary>Time goes on until the letter is back on its queue; the message that came out.</summary>
    private async Task<OutgoingMessage?> UntilReturned(TimeSpan patience)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed <= patience; passed += TimeSpan.FromMinutes(1))
        {
            _world.Polled();
            await _world.TickAsync();
            foreach (ReceivedMessage due in _world.Ports.Queue.Drain(_world.Now).Where(m => m.Queue == "watch"))
                await _world.Stage.Queues["watch"](due, CancellationToken.None);
            if (_world.Ports.Queue.Sent.FirstOrDefault(m => m.Queue == "trigger") is { } returned)
                return returned;
            _world.Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        return null;
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 16)]
    [InlineData(5, 24)]
    [InlineData(9, 24)]
    public void A_letter_rests_from_one_hour_doubling_to_a_day(int rounds, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), Circulation.RestAfter(rounds));

    [Fact]
    public void After_ten_rounds_a_letter_is_parked() => Assert.Null(Circulation.RestAfter(10));

    [Fact]
    public async Task A_dead_letter_is_filed_whole()
    {
        OutgoingMessage dead = _world.Outgoing(Message) with { Attributes = new Dictionary<string, string> { ["due"] = "due/x", ["hop"] = "8" } };
        await _world.DieAsync(dead);

        DeadLetter letter = Filed();
        Assert.Equal(
            ("trigger", dead.Body, dead.Group, Noon, Noon.AddHours(1), false, 0),
            (letter.Queue, letter.Body, letter.Group, letter.FirstSent, letter.ReturnAt!.Value, letter.Parked, letter.Rounds));
        Assert.Equal(["2026-11-22 12:00Z filed, time 1"], letter.History);
        Assert.Equal([new("due", "due/x")], letter.Attributes);
        Assert.Equal([$"due/202611221300/dead/trigger-{letter.Id}"], _world.Ports.Store.Under("due/"));
        Assert.Empty(_world.Ports.Queue.Sent);
    }

    [Fact]
    public async Task Filing_the_same_letter_again_changes_nothing()
    {
        OutgoingMessage dead = _world.Outgoing(Message);
        await _world.DieAsync(dead);
        DeadLetter first = Filed();
        await _world.DieAsync(dead);
        Assert.Equal((first.History.Count, first.ReturnAt), (Filed().History.Count, Filed().ReturnAt));
    }

    [Fact]
    public async Task An_unreadable_message_is_filed_under_its_hash()
    {
        await _world.DieAsync(new OutgoingMessage("trigger", "no JSON", "g"));
        Assert.Matches("^[0-9a-f]{32}$", Filed().Id);
        Assert.Equal("no JSON", Filed().Body);
    }

    [Fact]
    public async Task A_letter_returns_after_its_rest_and_nothing_of_it_stays()
    {
        OutgoingMessage dead = _world.Outgoing(Message);
        await _world.DieAsync(dead);
        OutgoingMessage returned = (await UntilReturned(TimeSpan.FromHours(2)))!;

        Assert.Equal(TimeSpan.FromHours(1), _world.Now - Noon);
        Assert.Equal((dead.Queue, dead.Body, dead.Group), (returned.Queue, returned.Body, returned.Group));
        Assert.Empty(_world.Ports.Store.Under("dead/"));
        Assert.Empty(_world.Ports.Store.Under("due/"));
    }

    [Fact]
    public async Task A_letter_that_always_fails_goes_ten_rounds_and_is_parked_and_operators_hear_of_it()
    {
        OutgoingMessage? dying = _world.Outgoing(Message);
        var notices = new List<string>();
        int filings = 0;
        while (dying is not null)
        {
            await _world.DieAsync(dying);
            filings++;
            notices.AddRange(_world.Ports.Queue.Messages<NoticeRaised>().Where(n => !n.Recovered).Select(n => n.Title));
            _world.Ports.Queue.Sent.Clear();
            dying = Filed().Parked ? null : await UntilReturned(TimeSpan.FromHours(25));
            _world.Ports.Queue.Sent.Clear();
        }
        string id = Filed().Id;
        Assert.Equal(11, filings);
        Assert.Equal(11, Filed().History.Count);
        Assert.EndsWith("filed, time 11, parked", Filed().History[^1]);
        Assert.Equal(
            [.. Enumerable.Range(3, 8).Select(n => $"Dead letter {id} of queue trigger was filed {n} times"), $"Dead letter {id} of queue trigger is parked"],
            notices);
        Assert.DoesNotContain(_world.Ports.Store.Under("due/"), k => k.Contains("/dead/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_letter_that_was_dropped_or_parked_is_not_returned()
    {
        var due = new DeadLetterDue("trigger", "x");
        string marker = await _world.PlaceAsync("dead", "trigger-x", Noon, due);
        await _world.Stage.Queues["watch"](_world.Ports.Message(due, marker), CancellationToken.None);
        _world.Ports.Store.Set(
            "dead/trigger/x.json", new DeadLetter("trigger", "x", "{}", "g", OutgoingMessage.NoAttributes, Noon, Noon) { Parked = true, Rounds = 10 }, DocumentJson.Default.DeadLetter);
        await _world.Stage.Queues["watch"](_world.Ports.Message(due), CancellationToken.None);
        Assert.Empty(_world.Ports.Queue.Sent);
        Assert.Equal(["dead/trigger/x.json", "watch/compare.json"], _world.Ports.Store.Keys);
    }

    [Fact]
    public async Task An_unreadable_letter_is_set_aside()
    {
        _world.Ports.Store.SetText("dead/trigger/x.json", "?");
        await _world.Stage.Queues["watch"](_world.Ports.Message(new DeadLetterDue("trigger", "x")), CancellationToken.None);
        Assert.Equal(["aside/dead/trigger/x.json"], _world.Ports.Store.Under("aside/"));
    }

    [Fact]
    public async Task A_dead_tick_is_told_not_filed()
    {
        await _world.DieAsync(_world.Outgoing(new Tick(Noon)));
        Assert.Empty(_world.Ports.Store.Under("dead/"));
        Assert.Equal(["watch-ticks"], _world.Ports.Queue.Messages<NoticeRaised>().Select(n => n.Key));
    }

    [Fact]
    public void Every_queue_has_its_dead_letters_handled() =>
        Assert.Equal(
            ["detect-dead", "herd-dead", "report-dead", "trigger-dead", "watch", "watch-dead"], _world.Stage.Queues.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_kill_at_any_point_of_filing_and_returning_loses_no_letter()
    {
        for (int at = 0; ; at++)
        {
            var world = new WatchWorld();
            OutgoingMessage dead = world.Outgoing(Message);
            var crash = new Crash(world.Ports, at);
            if (await Record.ExceptionAsync(() => world.DieAsync(dead)) is not null)
            {
                Crash.Stop(world.Ports);
                await world.DieAsync(dead);
            }
            world.Ports.Clock.Advance(TimeSpan.FromHours(2));
            string id = CloudEvent.Parse(dead.Body).Id;
            ReceivedMessage due = world.Ports.Message(new DeadLetterDue("trigger", id), world.Ports.Store.Under("due/")[0]);
            await Record.ExceptionAsync(() => world.Stage.Queues["watch"](due, CancellationToken.None));
            Crash.Stop(world.Ports);
            await world.Stage.Queues["watch"](due, CancellationToken.None);
            Assert.Equal([Message], world.Ports.Queue.Messages<CommitDetected>().Distinct());
            if (!crash.Happened)
                break;
        }
    }
}
