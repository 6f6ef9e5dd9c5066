using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>Where a delivery came to rest.</summary>
internal enum Resting
{
    Safe,

    /// <summary>Neither archive nor queue nor spill took it: the sender must try again.</summary>
    Lost,
}

/// <summary>Brings a genuine delivery into the archive and onto its queue; one of store and queue is enough.</summary>
internal sealed class DeliverySafe(SuitePorts ports, ILogger log, IntakeOptions options)
{
    private readonly Post _post = ports.PostFrom("webhook-intake");

    public async Task<Resting> KeepAsync(ArchivedDelivery delivery, WebhookRoute route, CancellationToken cancellationToken)
    {
        bool isArchived = await TryAsync(delivery, "the archive", ct => ports.Documents.CreateAsync(
            delivery.Key, delivery, DocumentJson.Default.ArchivedDelivery, ct), cancellationToken);
        bool isSent = route switch
        {
            WebhookRoute.ToDetect to => await SendAsync(delivery, to.Message, cancellationToken),
            WebhookRoute.JobToHerd to => await SendAsync(delivery, to.Message, cancellationToken),
            WebhookRoute.PipelineToHerd to => await SendAsync(delivery, to.Message, cancellationToken),
            // A notice is worth less than a delivery: where it cannot be sent, the archive alone will do.
            WebhookRoute.ToOperators to => await SendAsync(delivery, to.Message, cancellationToken) || isArchived,
            // Nobody waits for it: refusing it for the archive's sake would make GitLab disable the hook.
            WebhookRoute.Nowhere => true,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return isSent ? Resting.Safe : Resting.Lost;
    }

    private async Task<bool> SendAsync<T>(ArchivedDelivery delivery, T message, CancellationToken cancellationToken)
        where T : class, IStageMessage<T>
    {
        string body = _post.Envelope(message);
        bool isSent = await TryAsync(delivery, $"queue {T.QueueName}", async ct =>
        {
            await ports.Queue.SendAsync(new OutgoingMessage(T.QueueName, body, message.GetGroup()), ct);
            return true;
        }, cancellationToken);
        if (isSent)
            return true;
        var spilled = new SpilledMessage(T.QueueName, $"{delivery.Source}-{delivery.Delivery}", body, message.GetGroup(), delivery.ReceivedAt);
        return await TryAsync(delivery, "the spill", async ct =>
        {
            await ports.Documents.PutAsync(spilled.Key, spilled, DocumentJson.Default.SpilledMessage, ct);
            return true;
        }, cancellationToken);
    }

    /// <summary>False when the part refused or took too long. It may have taken effect all the same: everything here may happen twice.</summary>
    private async Task<bool> TryAsync(
        ArchivedDelivery delivery, string part, Func<CancellationToken, Task<bool>> act, CancellationToken cancellationToken)
    {
        try
        {
            await Patience.WithinAsync(act, options.PortLimit, ports.Clock, cancellationToken);
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            IntakeLog.PartRefused(log, e, delivery.Delivery, delivery.Source, part);
            return false;
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
