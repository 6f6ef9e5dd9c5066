using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Keeps <c>channels/{name}.json</c>: whose turn it is on a paced channel, whether a channel's circuit is open, and tells operators of a channel that stays down.</summary>
internal sealed class ChannelPace(SuitePorts ports, ILogger log)
{
    private readonly Post _post = ports.PostFrom("reporting");

    /// <summary>A <see cref="ChannelTurn.Go"/> is returned only where its write won.</summary>
    public async Task<ChannelTurn> TakeAsync(ChannelConfig channel, WaitingReport me, CancellationToken cancellationToken)
    {
        ChannelTurn? turn = null;
        await UpdateAsync(
            channel.Name,
            state =>
            {
                turn = ChannelPacing.Take(state, channel, me, ports.Clock.GetUtcNow());
                return turn switch { ChannelTurn.Go go => Changed(state, go.After), ChannelTurn.Wait wait => Changed(state, wait.After), _ => null };
            },
            cancellationToken);
        return turn!;
    }

    /// <summary>The peer answered, with yes or no: it is there.</summary>
    /// <param name="seen">The state when the turn was taken: a calm channel costs no second look.</param>
    public async Task AnsweredAsync(string channel, ChannelState seen, CancellationToken cancellationToken)
    {
        if (ChannelPacing.Took(seen, channel, ports.Clock.GetUtcNow()) == seen)
            return;
        DateTimeOffset? downSince = null;
        await UpdateAsync(
            channel,
            state =>
            {
                downSince = state?.DownSince;
                return Changed(state, ChannelPacing.Took(state, channel, ports.Clock.GetUtcNow()));
            },
            cancellationToken);
        if (downSince is not { } since || ports.Clock.GetUtcNow() - since < ChannelPacing.NoticeAfter)
            return;
        await _post.SendAsync(new NoticeRaised(NoticeKey(channel), $"channel {channel} takes reports again", "", Recovered: true), cancellationToken);
    }

    /// <summary>How long the message waits.</summary>
    public async Task<TimeSpan> FailedAsync(string channel, ChannelOutcome.Unavailable outcome, CancellationToken cancellationToken)
    {
        ChannelState? state = await UpdateAsync(channel, s => ChannelPacing.Failed(s, channel, outcome, ports.Clock.GetUtcNow()), cancellationToken);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (state!.OpenUntil is { } until)
            log.CircuitOpen(channel, state.FailuresInARow, until, state.LastError ?? "");
        if (now - state.DownSince >= ChannelPacing.NoticeAfter)
            await _post.SendAsync(new NoticeRaised(NoticeKey(channel), $"channel {channel} does not take reports", Trouble(state)), cancellationToken);
        return ChannelPacing.WaitAfterFailure(state, now);
    }

    public static string NoticeKey(string channel) => $"channel-{channel}";

    private static string Trouble(ChannelState state) =>
        $"Nothing was taken since {ReportWords.Time(state.DownSince!.Value)}, {ReportWords.Count(state.FailuresInARow, "try", "tries")}; the last answer: {state.LastError}\n"
        + "It is tried again for as long as it takes, every 15 minutes at least. Nothing is lost, no other channel waits; look at the channel's peer and its secret.";

    private static ChannelState? Changed(ChannelState? stands, ChannelState wanted) => wanted == stands ? null : wanted;

    private Task<ChannelState?> UpdateAsync(string channel, Func<ChannelState?, ChannelState?> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(ChannelState.KeyOf(channel), DocumentJson.Default.ChannelState, change, cancellationToken);
}
