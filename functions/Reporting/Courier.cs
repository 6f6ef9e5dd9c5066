using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>One thing to deliver: about what, where, which kind, and how to write it.</summary>
/// <param name="Subject">The run, or what stands for it (<see cref="ReportIds.OfNotice"/>).</param>
/// <param name="Tree">For the operators' switches; null for notices.</param>
/// <param name="Write">From the channel and its other deliveries about the subject.</param>
public sealed record Parcel(
    RunId Subject, string Channel, string Kind, TreeName? Tree, Func<ChannelConfig, IReadOnlyList<ReportDelivery>, Letter> Write)
{
    /// <summary>When the verdict came that it tells of; null: it tells of none.</summary>
    public DateTimeOffset? VerdictAt { get; init; }
}

/// <summary>How carrying a parcel ended.</summary>
public abstract record Carried
{
    private Carried() { }

    /// <summary>Sent, parked or omitted, now or before: nothing is left to do.</summary>
    public sealed record Ended : Carried;

    /// <summary>Not now, and it is nobody's failure.</summary>
    public sealed record PutOff(TimeSpan Delay, string Reason, bool IsHeld) : Carried;
}

/// <summary>A consumer did not take it: the message comes back with growing time.</summary>
public sealed class ChannelUnavailableException(string message) : Exception(message);

/// <summary>Claim, send, note (architecture.md, rule 10), the same for reports and notices.</summary>
public sealed class Courier(SuitePorts ports, ChannelDoor door, ILogger log)
{
    /// <summary>Who waits for another's try looks again after this, not only when its claim ends: most tries that live have ended by then.</summary>
    private static readonly TimeSpan TryTakes = TimeSpan.FromSeconds(45);

    private readonly DeliveryNotes _notes = new(ports, log);
    private readonly ChannelPace _pace = new(ports, log);

    private Companions Companions => new(ports, _notes, door);

    public async Task<Carried> CarryAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        ReportDelivery? current = await _notes.GetAsync(parcel, cancellationToken);
        if (current is { HasEnded: true })
            return new Carried.Ended();
        if (await ports.Switches.HeldAsync(Act.Mail, parcel.Tree, cancellationToken) is { } held)
            return new Carried.PutOff(Post.DelayMax, $"held by {held.What}: {held.Reason}", IsHeld: true);
        if (current?.ClaimedUntil is { } until && until > ports.Clock.GetUtcNow())
            return new Carried.PutOff(until - ports.Clock.GetUtcNow(), "another holds it", IsHeld: false);
        ChannelConfig? channel = ports.Config.Current.Channel(parcel.Channel);
        ChannelTurn? turn = channel is null ? null : await _pace.TakeAsync(channel, await Companions.WaitingAsync(channel, parcel, cancellationToken), cancellationToken);
        if (turn is ChannelTurn.Wait notYet)
            return new Carried.PutOff(notYet.For, notYet.Reason, IsHeld: false);
        DeliveryDecision decision = await _notes.ClaimAsync(parcel, cancellationToken);
        return decision switch
        {
            DeliveryDecision.Ended => new Carried.Ended(),
            DeliveryDecision.Wait wait => new Carried.PutOff(wait.Until - ports.Clock.GetUtcNow(), "another holds it", IsHeld: false),
            DeliveryDecision.Claim claim => await SendAsync(parcel, claim, turn as ChannelTurn.Go, cancellationToken),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<Carried> SendAsync(Parcel parcel, DeliveryDecision.Claim mine, ChannelTurn.Go? turn, CancellationToken cancellationToken)
    {
        IReadOnlyList<ReportDelivery> others = await _notes.OthersAsync(parcel, cancellationToken);
        if (DeliveryDecision.Against(parcel.Kind, others, ports.Clock.GetUtcNow()) is { } way)
            return await GiveWayAsync(parcel, way, mine.MayBeCopy, cancellationToken);
        ChannelConfig? channel = ports.Config.Current.Channel(parcel.Channel);
        Letter? letter = channel is null ? null : parcel.Write(channel, others);
        if (letter is Letter.Nothing nothing)
        {
            await _notes.OmitAsync(parcel, nothing.Reason, cancellationToken);
            return new Carried.Ended();
        }
        IReadOnlyList<Companions.Claimed> companions = await Companions.ClaimAsync(turn?.Companions ?? [], parcel.Channel, cancellationToken);
        ChannelOutcome outcome = letter is null
            ? new ChannelOutcome.Refused("the configuration has no such channel any more", Permanent: true)
            : await door.SendAsync(channel!, Companions.Complete(letter, mine, others, companions), cancellationToken);
        await Companions.EndedAsync(companions, outcome, cancellationToken);
        Carried ended = await EndAsync(parcel, (mine, letter?.Told), outcome, cancellationToken);
        if (turn is not null && outcome is ChannelOutcome.Sent or ChannelOutcome.Refused)
            await _pace.AnsweredAsync(parcel.Channel, turn.After, cancellationToken);
        return ended;
    }

    private async Task<Carried> EndAsync(
        Parcel parcel, (DeliveryDecision.Claim Mine, ToldPicture? Told) what, ChannelOutcome outcome, CancellationToken cancellationToken)
    {
        DeliveryDecision.Claim mine = what.Mine;
        switch (outcome)
        {
            case ChannelOutcome.Sent sent:
                await _notes.SentAsync(parcel, sent, what, cancellationToken);
                return new Carried.Ended();
            case ChannelOutcome.NotYet not:
                await _notes.ReleaseAsync(parcel, not.Reason, mine.MayBeCopy, cancellationToken, isFailure: false);
                return new Carried.PutOff(not.For, not.Reason, IsHeld: false);
            case ChannelOutcome.NotWanted not:
                await _notes.OmitAsync(parcel, not.Reason, cancellationToken);
                return new Carried.Ended();
            case ChannelOutcome.Refused { Permanent: true } no:
                await _notes.ParkAsync(parcel, no.Reason, cancellationToken);
                return new Carried.Ended();
            case ChannelOutcome.Refused no:
                await _notes.ReleaseAsync(parcel, no.Reason, mine.MayBeCopy, cancellationToken);
                await _notes.TellOfRefusalAsync(parcel, mine.Claimed.Tries, no.Reason, cancellationToken);
                return new Carried.PutOff(GiveBack.PauseAfter(mine.Claimed.Tries), no.Reason, IsHeld: false);
            case ChannelOutcome.Unavailable down:
                await _notes.ReleaseAsync(parcel, down.Reason, mayHaveArrived: true, cancellationToken);
                return new Carried.PutOff(await _pace.FailedAsync(parcel.Channel, down, cancellationToken), down.Reason, IsHeld: false);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Carried> GiveWayAsync(Parcel parcel, GiveWay way, bool mayBeCopy, CancellationToken cancellationToken)
    {
        if (way.Until is { } until)
        {
            await _notes.ReleaseAsync(parcel, way.Reason, mayBeCopy, cancellationToken, isFailure: false);
            TimeSpan left = until - ports.Clock.GetUtcNow();
            return new Carried.PutOff(left < TryTakes ? left : TryTakes, way.Reason, IsHeld: false);
        }
        await _notes.OmitAsync(parcel, way.Reason, cancellationToken);
        return new Carried.Ended();
    }
}
