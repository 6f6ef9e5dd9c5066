using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.WatchRooms;

/// <summary><c>cki dead return</c>: what the tool writes is what Watch acts on.</summary>
public sealed class AskedReturnTests
{
    private static readonly CommitDetected Message = new(Detection().Run);
    private readonly WatchWorld _world = new();

    public AskedReturnTests() => _world.Compared();

    private DeadLetter Filed() => _world.Ports.Store.Peek(Assert.Single(_world.Ports.Store.Under("dead/")), DocumentJson.Default.DeadLetter)!;

    private Task<bool> AskAsync(DeadLetter letter) =>
        DeadLetterReturn.AskAsync(_world.Ports.Ports.Documents, _world.Ports.Ports.PostFrom("tool"), letter, "ada", _world.Now, CancellationToken.None);

    /// <summary>One tick, and what it sends to Watch itself.</summary>
    private async Task TickAsync()
    {
        _world.Polled();
        await _world.TickAsync();
        foreach (ReceivedMessage due in _world.Ports.Queue.Drain(_world.Now).Where(m => m.Queue == "watch"))
            await _world.Stage.Queues["watch"](due, CancellationToken.None);
    }

    private async Task<DeadLetter> FileAsync(int rounds)
    {
        var attributes = new Dictionary<string, string> { ["dead-rounds"] = $"{rounds}" };
        await _world.DieAsync(_world.Outgoing(Message) with { Attributes = attributes });
        _world.Ports.Queue.Sent.Clear();
        return Filed();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(10, true)]
    public async Task A_letter_that_is_asked_for_goes_back_at_the_next_tick(int rounds, bool parked)
    {
        DeadLetter letter = await FileAsync(rounds);
        Assert.Equal(parked, letter.Parked);
        Assert.True(await AskAsync(letter));
        Assert.Equal("2026-11-22 12:00Z return asked by ada", Filed().History[^1]);
        await TickAsync();
        OutgoingMessage returned = _world.Ports.Queue.Sent.First(m => m.Queue == "trigger");
        Assert.Equal((letter.Body, letter.Group, $"{rounds + 1}"), (returned.Body, returned.Group, returned.Attributes["dead-rounds"]));
        Assert.Empty(_world.Ports.Store.Under("dead/"));
    }

    [Fact]
    public async Task Its_earlier_marker_does_no_harm_and_goes_as_well()
    {
        DeadLetter letter = await FileAsync(0);
        await AskAsync(letter);
        await TickAsync();
        _world.Ports.Queue.Sent.Clear();
        _world.Ports.Clock.Advance(TimeSpan.FromHours(1));
        await TickAsync();
        Assert.DoesNotContain(_world.Ports.Queue.Sent, m => m.Queue == "trigger");
        Assert.Empty(_world.Ports.Store.Under("due/"));
    }

    [Fact]
    public async Task A_tick_before_the_letter_is_let_go_does_not_lose_the_wish()
    {
        DeadLetter letter = await FileAsync(10);
        // Watch finds the first marker while the letter is still parked, and drops it.
        bool first = true;
        _world.Ports.Store.After = (operation, key) =>
        {
            if (!first || operation != "put" || !key.StartsWith("due/", StringComparison.Ordinal))
                return;
            first = false;
            _world.Ports.Store.DeleteAsync(key, CancellationToken.None);
        };
        await AskAsync(letter);
        Assert.False(first);
        await TickAsync();
        Assert.Empty(_world.Ports.Store.Under("dead/"));
    }

    [Fact]
    public async Task A_letter_that_fails_again_after_it_was_parked_is_parked_again()
    {
        await AskAsync(await FileAsync(10));
        await TickAsync();
        OutgoingMessage returned = _world.Ports.Queue.Sent.First(m => m.Queue == "trigger");
        await _world.DieAsync(returned);
        Assert.Equal((true, 11), (Filed().Parked, Filed().Rounds));
    }

    [Fact]
    public async Task A_letter_that_is_no_longer_filed_is_not_brought_back()
    {
        DeadLetter letter = await FileAsync(10);
        await _world.Ports.Store.DeleteAsync(letter.Key, CancellationToken.None);
        Assert.False(await AskAsync(letter));
        await TickAsync();
        Assert.DoesNotContain(_world.Ports.Queue.Sent, m => m.Queue == "trigger");
        // Another one waits for the end of what operators were told.
        Assert.DoesNotContain(_world.Ports.Store.Under("due/"), k => k.Contains("/dead/", StringComparison.Ordinal));
    }
}
