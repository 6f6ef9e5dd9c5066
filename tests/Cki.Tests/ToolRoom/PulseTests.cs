using Cki.Engine;
using Cki.Tool;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cki.Tests.ToolRooms;

public sealed class PulseTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 6, 0, 0, TimeSpan.Zero));
    private readonly SuitePulse _pulse;

    public PulseTests() => _pulse = new SuitePulse(new SuiteOptions("config", "data", "127.0.0.1:0"), _clock);

    [Fact]
    public async Task A_Watch_that_does_nothing_for_five_minutes_is_told_by_healthz()
    {
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(_pulse.Trouble());
        await _pulse.InvokeAsync("watch", _ => Task.CompletedTask, CancellationToken.None);
        _clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        await _pulse.InvokeAsync("herd", _ => Task.CompletedTask, CancellationToken.None);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _pulse.InvokeAsync("watch", _ => throw new StoreUnavailableException("away"), CancellationToken.None));
        Assert.Equal("Watch has done nothing since 2026-03-02 06:05:00 UTC: what is due is not looked at. Look at the log of cki.watch.", _pulse.Trouble());
        await _pulse.InvokeAsync("watch", _ => Task.CompletedTask, CancellationToken.None);
        Assert.Null(_pulse.Trouble());
    }

    [Fact]
    public void Trouble_with_the_disk_is_told_once_by_a_notice_of_its_own()
    {
        var trouble = new EngineTrouble(_clock.GetUtcNow(), "The disk is full.");
        NoticeRaised told = CloudEvent.Parse(SuitePulse.Notice(trouble, _clock.GetUtcNow().AddHours(1), new Doubles.SeededDice(1)).Body).Read<NoticeRaised>();
        Assert.Equal(
            new NoticeRaised(
                "engine-storage-20260302060000", "The engine could not write to its disk",
                "From 2026-03-02 06:00:00 to 2026-03-02 07:00:00 UTC deliveries were answered 503 and nothing moved.\nThe disk is full.") { Once = true },
            told);
    }

    public void Dispose() => _pulse.Dispose();
}
