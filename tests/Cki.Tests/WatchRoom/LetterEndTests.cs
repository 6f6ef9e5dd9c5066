using Cki.Tests.Doubles;
using Xunit;
using static Cki.Tests.Doubles.A;

namespace Cki.Tests.WatchRooms;

/// <summary>Whatever operators were told of a dead letter has its end.</summary>
public sealed class LetterEndTests
{
    private readonly CheckRoom _room = new();

    private string Id => _room.World.Ports.Store.Peek(Assert.Single(_room.World.Ports.Store.Under("dead/")), DocumentJson.Default.DeadLetter)!.Id;

    private OutgoingMessage? _letter;

    /// <summary>A letter of queue trigger that is filed for the n-th time.</summary>
    private async Task<string> FiledAsync(int times)
    {
        _letter ??= _room.World.Outgoing(new CommitDetected(Detection().Run));
        string history = string.Join('\n', Enumerable.Range(1, times - 1).Select(n => $"filed, time {n}"));
        await _room.World.DieAsync(_letter with
        {
            Attributes = times == 1 ? _letter.Attributes : new Dictionary<string, string> { ["dead-rounds"] = $"{times - 1}", ["dead-history"] = history },
        });
        await _room.WorkAsync();
        return Id;
    }

    private async Task PassAsync(double hours)
    {
        for (DateTimeOffset end = _room.World.Now.AddHours(hours); _room.World.Now < end; _room.World.Ports.Clock.Advance(TimeSpan.FromMinutes(9)))
            await _room.PassAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_letter_that_went_back_and_does_not_come_again_is_over()
    {
        string id = await FiledAsync(3);
        await PassAsync(4);
        Assert.Equal([$"start dead-letter-trigger-{id}"], _room.Told);
        await PassAsync(5);
        Assert.Equal([$"start dead-letter-trigger-{id}", $"end dead-letter-trigger-{id}"], _room.Told);
        Assert.Equal("It went back to its queue and has not come again: it was handled.", _room.Notices[1].Text);
        Assert.Empty(_room.World.Ports.Store.Under("watch/letters/"));
        Assert.Empty(_room.World.Ports.Store.Under("due/"));
    }

    [Fact]
    public async Task A_letter_that_comes_again_is_not_over()
    {
        string id = await FiledAsync(3);
        await PassAsync(5);
        await FiledAsync(4);
        await PassAsync(6);
        Assert.Equal([$"start dead-letter-trigger-{id}", $"start dead-letter-trigger-{id}"], _room.Told);
    }

    [Fact]
    public async Task A_letter_that_was_dropped_is_over()
    {
        string id = await FiledAsync(3);
        await PassAsync(0.5);
        await _room.World.Ports.Store.DeleteAsync($"dead/trigger/{id}.json", CancellationToken.None);
        await PassAsync(1);
        Assert.Equal([$"start dead-letter-trigger-{id}", $"end dead-letter-trigger-{id}"], _room.Told);
        Assert.Equal("It was dropped: what it asked for does not happen.", _room.Notices[1].Text);
    }

    [Fact]
    public async Task A_parked_letter_ends_the_notice_of_its_rounds_and_has_an_end_itself()
    {
        string id = await FiledAsync(10);
        await PassAsync(0.5);
        await FiledAsync(11);
        await PassAsync(30);
        Assert.Equal([$"start dead-letter-trigger-{id}", $"start dead-letter-parked-trigger-{id}", $"end dead-letter-trigger-{id}"], _room.Told);
        await _room.World.Ports.Store.DeleteAsync($"dead/trigger/{id}.json", CancellationToken.None);
        await PassAsync(1);
        Assert.Equal($"end dead-letter-parked-trigger-{id}", _room.Told[^1]);
    }

    [Fact]
    public async Task A_letter_that_nobody_was_told_of_has_no_end()
    {
        await FiledAsync(2);
        await PassAsync(12);
        Assert.Empty(_room.Told);
    }

    [Fact]
    public async Task A_notice_that_cannot_be_read_is_set_aside()
    {
        await FiledAsync(3);
        _room.World.Ports.Store.SetText(Assert.Single(_room.World.Ports.Store.Under("watch/letters/")), "?");
        await PassAsync(1);
        Assert.Single(_room.World.Ports.Store.Under("aside/watch/letters/"));
    }
}
