using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class ChannelPacingTests
{
    private static readonly ChannelConfig Mail = A.Config().Channel("developers")!;
    private static readonly ChannelConfig Slack = new ChannelConfig.Slack("slack", "url", null, null);
    private static readonly ChannelConfig Irc = new ChannelConfig.Irc("irc", new Uri("https://irccat.example/send"), IrcForm.Irccat, null, null);
    private static readonly ChannelOutcome.Unavailable Down = new("connection refused");

    private static WaitingReport Report(int n) => new(new RunId($"run-{n}"), "final-1", A.Tree().Name, $"[CKI] PASS {n}");

    private static ChannelState Failed(int times, DateTimeOffset at)
    {
        ChannelState? state = null;
        for (int i = 0; i < times; i++)
            state = ChannelPacing.Failed(state, "mail", Down, at);
        return state!;
    }

    [Fact]
    public void A_channel_without_a_pace_sends_at_once_and_is_not_written()
    {
        var state = new ChannelState("mail", A.Noon);
        ChannelTurn.Go go = Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(state, Mail, Report(1), A.Noon));
        Assert.Same(state, go.After);
    }

    [Theory]
    [InlineData("slack", 1)]
    [InlineData("irc", 5)]
    public void A_paced_channel_sends_one_and_the_next_waits(string name, int seconds)
    {
        ChannelConfig channel = name == "slack" ? Slack : Irc;
        ChannelState after = Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(null, channel, Report(1), A.Noon)).After;
        ChannelTurn.Wait wait = Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(after, channel, Report(2), A.Noon));
        Assert.Equal((TimeSpan.FromSeconds(seconds), "the channel's pace, 0 messages before it"), (wait.For, wait.Reason));
        ChannelTurn.Wait last = Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(wait.After, channel, Report(3), A.Noon));
        Assert.Equal((TimeSpan.FromSeconds(2 * seconds), "the channel's pace, 1 message before it"), (last.For, last.Reason));
        Assert.Same(last.After, Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(last.After, channel, Report(2), A.Noon)).After);
        ChannelState next = Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(last.After, channel, Report(2), A.Noon.AddSeconds(seconds))).After;
        Assert.Equal(["run-3"], next.Waiting.Select(w => w.Run.Value));
    }

    [Fact]
    public void More_than_three_waiting_for_irc_go_as_one_digest_and_three_do_not()
    {
        var state = new ChannelState("irc", A.Noon) { Waiting = [Report(1), Report(2), Report(3)] };
        Assert.Empty(Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(state, Irc, Report(2), A.Noon)).Companions);
        ChannelTurn.Go four = Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(state, Irc, Report(4), A.Noon));
        Assert.Equal(["run-1", "run-2", "run-3"], four.Companions.Select(w => w.Run.Value));
        Assert.Empty(four.After.Waiting);
        Assert.Empty(Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(state with { Name = "slack" }, Slack, Report(4), A.Noon)).Companions);
    }

    [Fact]
    public void Two_failures_open_no_circuit_and_the_third_does()
    {
        Assert.Null(Failed(2, A.Noon).OpenUntil);
        Assert.Equal((3, A.Noon.AddSeconds(30), A.Noon), (Failed(3, A.Noon).FailuresInARow, Failed(3, A.Noon).OpenUntil!.Value, Failed(3, A.Noon).DownSince!.Value));
    }

    [Fact]
    public void Pauses_double_from_30_seconds_to_15_minutes() =>
        Assert.Equal([30, 60, 120, 240, 480, 900, 900, 900], Enumerable.Range(3, 8).Select(n => (int)(Failed(n, A.Noon).OpenUntil!.Value - A.Noon).TotalSeconds));

    [Fact]
    public void An_open_circuit_lets_one_probe_go_at_a_time()
    {
        ChannelState open = Failed(3, A.Noon);
        ChannelTurn.Wait before = Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(open, Mail, Report(1), A.Noon.AddSeconds(29)));
        Assert.Equal((TimeSpan.FromSeconds(1), "the channel is down: connection refused"), (before.For, before.Reason));
        ChannelState probing = Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(open, Mail, Report(1), A.Noon.AddSeconds(30))).After;
        Assert.Equal(ChannelPacing.ProbeFor, Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(probing, Mail, Report(2), A.Noon.AddSeconds(30))).For);
        Assert.Equal((null, null, 0), Closed(ChannelPacing.Took(probing, "mail", A.Noon.AddSeconds(31))));
    }

    [Fact]
    public void A_probe_takes_no_companions()
    {
        ChannelState open = Failed(3, A.Noon) with { Name = "irc", Waiting = [Report(1), Report(2), Report(3), Report(4)] };
        Assert.Empty(Assert.IsType<ChannelTurn.Go>(ChannelPacing.Take(open, Irc, Report(5), A.Noon.AddMinutes(1))).Companions);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(86_400, 3_600)]
    public void Retry_after_is_honoured_up_to_an_hour(int asked, int waited)
    {
        ChannelState state = ChannelPacing.Failed(null, "slack", Down with { RetryAfter = TimeSpan.FromSeconds(asked) }, A.Noon);
        Assert.Equal(TimeSpan.FromSeconds(waited), Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(state, Slack, Report(1), A.Noon)).For);
        Assert.Equal(TimeSpan.FromSeconds(Math.Max(30, waited)), ChannelPacing.WaitAfterFailure(state, A.Noon));
    }

    [Fact]
    public void A_calm_channel_is_noted_every_ten_minutes_and_not_for_every_message()
    {
        ChannelState calm = ChannelPacing.Took(null, "mail", A.Noon);
        Assert.Same(calm, ChannelPacing.Took(calm, "mail", A.Noon.AddMinutes(9)));
        Assert.Equal(A.Noon.AddMinutes(10), ChannelPacing.Took(calm, "mail", A.Noon.AddMinutes(10)).LastSentAt);
    }

    [Fact]
    public void A_thousand_waiting_messages_do_not_make_a_large_object()
    {
        ChannelState state = new("slack", A.Noon.AddHours(1));
        for (int i = 0; i < 1000; i++)
            state = Assert.IsType<ChannelTurn.Wait>(ChannelPacing.Take(state, Slack, Report(i), A.Noon)).After;
        Assert.Equal(ChannelPacing.WaitingMax, state.Waiting.Count);
    }

    private static (DateTimeOffset?, DateTimeOffset?, int) Closed(ChannelState state) => (state.OpenUntil, state.DownSince, state.FailuresInARow);
}
