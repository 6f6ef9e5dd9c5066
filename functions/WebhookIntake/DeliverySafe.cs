using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>Where a delivery came to rest.</summary>
internal enum Rest
{
    Safe,

    /// <summary>Safe, and its like was here within the hour: counted and marked, never dropped, for whatever it causes may happen twice.</summary>
    Again,

    /// <summary>Neither archive nor queue nor spill took it: the sender must try again.</summary>
    Lost,
}

/// <summary>Brings a genuine delivery into the archive, onto its queue and to its consumers; one of store and queue is enough.</summary>
internal sealed class DeliverySafe(SuitePorts ports, ILogger log, IntakeOptions options)
{
    /// <summary>A delivery that could not be archived travels to its consumers in their messages, which bear 256 KiB: base64 makes 4 of 3.</summary>
    private const int CarriedBytesMax = 180 * 1024;

    private readonly Post _post = ports.PostFrom("webhook-intake");

    public async Task<Rest> KeepAsync(ArchivedDelivery delivery, WebhookRoute route, CancellationToken cancellationToken)
    {
        bool? isNew = await TryAsync(
            delivery, "the archive", ct => ports.Documents.CreateAsync(delivery.Key, delivery, DocumentJson.Default.ArchivedDelivery, ct), cancellationToken);
        bool isArchived = isNew is not null;
        bool isSent = await RouteAsync(delivery, route, isArchived, cancellationToken);
        foreach (ConsumerConfig consumer in ports.Config.Current.Consumers.Where(c => c.Wants(delivery.RoutingKey ?? "")))
            isSent &= await ForwardAsync(delivery, consumer, isArchived, isNew == false, cancellationToken);
        return !isSent ? Rest.Lost : isNew == false ? Rest.Again : Rest.Safe;
    }

    // A notice of what cannot be read is worth less than a delivery: where it cannot be sent, the archive alone will do. What goes nowhere is taken
    // without the archive too: nobody waits for it, and refusing it would make GitLab disable the hook.
    private async Task<bool> RouteAsync(ArchivedDelivery delivery, WebhookRoute route, bool isArchived, CancellationToken cancellationToken) =>
        await route.SendAsync(new Sink(this, delivery, cancellationToken)) || (isArchived && route is WebhookRoute.ToOperators);

    private sealed class Sink(DeliverySafe safe, ArchivedDelivery delivery, CancellationToken cancellationToken) : IRouteSink
    {
        public Task<bool> SendAsync<T>(T message, string part)
            where T : class, IStageMessage<T> => safe.SendAsync(delivery, message, part, cancellationToken);
    }

    private Task<bool> ForwardAsync(
        ArchivedDelivery delivery, ConsumerConfig consumer, bool isArchived, bool isAgain, CancellationToken cancellationToken)
    {
        var forward = new ForwardDelivery(consumer.Name, delivery.Delivery, delivery.RoutingKey ?? "", delivery.Key) { IsAgain = isAgain };
        if (isArchived)
            return SendAsync(delivery, forward, $"-to-{consumer.Name}", cancellationToken);
        // Its archive has nothing to read it from: it is taken along, or not taken at all.
        return delivery.Body.Length * 3L / 4 <= CarriedBytesMax
            ? SendAsync(delivery, forward with { Carried = delivery }, $"-to-{consumer.Name}", cancellationToken)
            : Task.FromResult(false);
    }

    /// <param name="part">Tells apart the several messages of one delivery where they spill.</param>
    private async Task<bool> SendAsync<T>(ArchivedDelivery delivery, T message, string part, CancellationToken cancellationToken)
        where T : class, IStageMessage<T>
    {
        string body = _post.Envelope(message);
        bool? isSent = await TryAsync(delivery, $"queue {T.QueueName}", async ct =>
        {
            await ports.Queue.SendAsync(new OutgoingMessage(T.QueueName, body, message.GetGroup()), ct);
            return true;
        }, cancellationToken);
        if (isSent is not null)
            return true;
        var spilled = new SpilledMessage(T.QueueName, $"{delivery.Source}-{delivery.Delivery}{part}", body, message.GetGroup(), delivery.ReceivedAt);
        return await TryAsync(delivery, "the spill", async ct =>
        {
            await ports.Documents.PutAsync(spilled.Key, spilled, DocumentJson.Default.SpilledMessage, ct);
            return true;
        }, cancellationToken) is not null;
    }

    /// <summary>Null when the part refused or took too long. It may have taken effect all the same: everything here may happen twice.</summary>
    private async Task<bool?> TryAsync(
        ArchivedDelivery delivery, string part, Func<CancellationToken, Task<bool>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await Patience.WithinAsync(act, options.PortLimit, ports.Clock, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            IntakeLog.PartRefused(log, e, delivery.Delivery, delivery.Source, part);
            return null;
        }
    }
}

/// <summary>Bounds a port call, whether or not the port honours cancellation.</summary>
internal static class Patience
{
    public static async Task<T> WithinAsync<T>(
        Func<CancellationToken, Task<T>> act, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var tooLong = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tooLong.Token);
        return await act(either.Token).WaitAsync(either.Token);
    }
}
