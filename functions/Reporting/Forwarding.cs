using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>Opens a consumer of deliveries.</summary>
public delegate IDeliveryConsumer OpenConsumer(ConsumerConfig consumer);

/// <summary>
/// Hands deliveries to consumers. Each (delivery, consumer) is a message of its own in the consumer's group, with its own receives and dead letters:
/// one that is away delays no other. At least once: the delivery's id tells copies.
/// </summary>
internal sealed class Forwarding(SuitePorts ports, OpenConsumer open, ILogger log)
{

    /// <summary>About 20 minutes of a consumer that is away: then operators hear of it.</summary>
    private static readonly TimeSpan s_noticeAfter = TimeSpan.FromMinutes(20);

    private readonly Post _post = ports.PostFrom("reporting");
    private readonly PuttingOff _later = new(ports);

    public async Task ForwardAsync(ReceivedMessage message, ForwardDelivery forward, CancellationToken cancellationToken)
    {
        if (ports.Config.Current.Consumers.FirstOrDefault(c => c.Name == forward.Consumer) is not { } consumer)
        {
            log.ForwardDropped(forward.Delivery, forward.Consumer, "the configuration has no such consumer any more");
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        if (await ports.Switches.HeldForwardAsync(consumer.Name, cancellationToken) is { } held)
        {
            log.ForwardPutOff(forward.Delivery, consumer.Name, $"held by {held.What}: {held.Reason}");
            await PutOffAsync(message, forward, PuttingOff.LookAgain, cancellationToken);
            return;
        }
        TimeSpan wait = await TakeTurnAsync(consumer, cancellationToken);
        if (wait > TimeSpan.Zero)
        {
            await PutOffAsync(message, forward, wait, cancellationToken);
            return;
        }
        await SendAsync(message, forward, consumer, cancellationToken);
    }

    private async Task SendAsync(ReceivedMessage message, ForwardDelivery forward, ConsumerConfig consumer, CancellationToken cancellationToken)
    {
        switch (await TryAsync(await DeliveryAsync(forward, cancellationToken), consumer, cancellationToken))
        {
            case ChannelOutcome.Sent:
                log.Forwarded(forward.Delivery, consumer.Name, forward.RoutingKey);
                Count(consumer, forward.IsAgain ? "repeated" : "sent");
                await TookAsync(consumer, cancellationToken);
                await ports.Due.DoneAsync(message, cancellationToken);
                return;
            case ChannelOutcome.Refused { Permanent: true } no:
                // No pause mends it. As a dead letter it is kept, shown and tried again at leisure.
                Count(consumer, "refused");
                throw new ChannelUnavailableException($"{forward.Delivery}: {consumer.Name} refused it for good: {no.Reason}");
            case ChannelOutcome.Refused no:
                await FailedAsync(consumer, no.Reason, cancellationToken);
                throw new ChannelUnavailableException($"{forward.Delivery}: {no.Reason}");
            case ChannelOutcome.Unavailable away:
                await FailedAsync(consumer, away.Reason, cancellationToken);
                throw new ChannelUnavailableException($"{forward.Delivery}: {away.Reason}");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<ChannelOutcome> TryAsync(OutgoingDelivery delivery, ConsumerConfig consumer, CancellationToken cancellationToken)
    {
        try
        {
            return await open(consumer).SendAsync(delivery, cancellationToken);
        }
        catch (SecretsUnavailableException e)
        {
            return new ChannelOutcome.Refused(e.Message, Permanent: false);
        }
    }

    private async Task<OutgoingDelivery> DeliveryAsync(ForwardDelivery forward, CancellationToken cancellationToken)
    {
        ArchivedDelivery archived = forward.Carried
            ?? (await ports.Documents.GetAsync(forward.ArchiveKey, DocumentJson.Default.ArchivedDelivery, cancellationToken))?.Value
            ?? throw new InvalidOperationException($"Delivery {forward.Delivery} is no longer in the archive at {forward.ArchiveKey}: it cannot be handed to {forward.Consumer}");
        SourceConfig? source = ports.Config.Current.Sources.FirstOrDefault(s => s.Name == archived.Source);
        return new OutgoingDelivery(
            archived.Delivery, source?.Kind ?? archived.Source, forward.RoutingKey, archived.ReceivedAt, archived.Headers, Convert.FromBase64String(archived.Body))
        {
            IsAgain = forward.IsAgain,
        };
    }

    /// <summary>Zero: it is this delivery's turn. A turn is taken only by whoever can use it at once, so that waiting ones do not push it away.</summary>
    private async Task<TimeSpan> TakeTurnAsync(ConsumerConfig consumer, CancellationToken cancellationToken)
    {
        string key = ConsumerState.KeyOf(consumer.Name);
        Document<ConsumerState>? found = await ports.Documents.GetAsync(key, DocumentJson.Default.ConsumerState, cancellationToken);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        ConsumerState state = found?.Value ?? new ConsumerState(consumer.Name);
        TimeSpan wait = state.WaitAt(now);
        if (wait > TimeSpan.Zero || consumer.Pace == TimeSpan.Zero)
            return wait;
        ConsumerState taken = state with { NextAt = now + consumer.Pace };
        bool isOurs = found is null
            ? await ports.Documents.CreateAsync(key, taken, DocumentJson.Default.ConsumerState, cancellationToken)
            : await ports.Documents.ReplaceAsync(key, taken, found.Version, DocumentJson.Default.ConsumerState, cancellationToken) is not null;
        return isOurs ? TimeSpan.Zero : consumer.Pace;
    }

    private Task PutOffAsync(ReceivedMessage message, ForwardDelivery forward, TimeSpan wait, CancellationToken cancellationToken) =>
        _later.UntilAsync(message, forward, ("forward", $"{forward.Consumer}-{forward.Delivery}"), wait, cancellationToken);

    private async Task TookAsync(ConsumerConfig consumer, CancellationToken cancellationToken)
    {
        string key = ConsumerState.KeyOf(consumer.Name);
        if ((await ports.Documents.GetAsync(key, DocumentJson.Default.ConsumerState, cancellationToken))?.Value is not { Failures: > 0 } state)
            return;
        await ports.Documents.UpdateAsync(key, DocumentJson.Default.ConsumerState, s => s is { Failures: > 0 } ? s.Took() : null, cancellationToken);
        if (state.Since is { } since && ports.Clock.GetUtcNow() - since >= s_noticeAfter)
            await _post.SendAsync(new NoticeRaised(NoticeKey(consumer), $"consumer {consumer.Name} takes deliveries again", "", Recovered: true), cancellationToken);
    }

    private async Task FailedAsync(ConsumerConfig consumer, string reason, CancellationToken cancellationToken)
    {
        Count(consumer, "failed");
        DateTimeOffset now = ports.Clock.GetUtcNow();
        ConsumerState? state = await ports.Documents.UpdateAsync(
            ConsumerState.KeyOf(consumer.Name), DocumentJson.Default.ConsumerState, s => (s ?? new ConsumerState(consumer.Name)).Failed(now), cancellationToken);
        log.ForwardFailed(consumer.Name, state!.Failures, reason);
        if (now - state.Since < s_noticeAfter)
            return;
        string text = $"Nothing was taken since {state.Since:yyyy-MM-dd HH:mm}Z, {state.Failures} tries; the last answer: {SafeText.Line(reason)}\n"
            + $"Deliveries for it wait and are tried again; none is lost, no other consumer waits. To hold them: cki pause forward --tree {consumer.Name} --reason WHY.";
        await _post.SendAsync(new NoticeRaised(NoticeKey(consumer), $"consumer {consumer.Name} does not take deliveries", text), cancellationToken);
    }

    private static string NoticeKey(ConsumerConfig consumer) => $"consumer-{consumer.Name}";

    private static void Count(ConsumerConfig consumer, string outcome) => SuiteMetrics.ConsumerDeliveries.Add(
        1, new KeyValuePair<string, object?>("consumer", consumer.Name), new KeyValuePair<string, object?>("outcome", outcome));
}
