using Cki.Engine;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cki.Tests.EngineRooms;

/// <summary>Logs lie on the disk that may be full.</summary>
public sealed class SleeperTests
{
    [Fact]
    public async Task A_loop_that_fails_for_an_hour_is_told_six_times_and_once_when_it_works_again()
    {
        const int tries = 60 * 60 / 5;
        var log = new Lines();
        int calls = 0;
        var sleeper = new Sleeper("herd", new Signal(), new JumpingClock(), log);
        await sleeper.RunAsync(() =>
        {
            if (++calls <= tries)
                throw new EngineUnavailableException("the disk is full");
            sleeper.Stop();
            return Task.FromResult<DateTimeOffset?>(null);
        });
        Assert.Equal((6, 1), (log.Of(LogLevel.Error), log.Of(LogLevel.Information)));
    }

    /// <summary>Whoever sets an alarm is woken at once, and it is then.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 3, 2, 6, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Alarm(this, () => callback(state));

        private sealed class Alarm(JumpingClock clock, Action ring) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock._now += dueTime;
                ring();
                return true;
            }

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class Lines : ILogger
    {
        private readonly List<LogLevel> _lines = [];

        public int Of(LogLevel level) => _lines.Count(l => l == level);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _lines.Add(logLevel);
    }
}
