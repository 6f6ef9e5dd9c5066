using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Sends what intake had to spill.</summary>
internal sealed class SpillSweep(SuitePorts ports, SetAside aside, ILogger log)
{
    private const int MessagesMax = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await ports.Documents.KeysAsync(SpilledMessage.Prefix, MessagesMax, cancellationToken);
        await Sweeping.EachAsync(keys, key => SendAsync(key, cancellationToken));
    }

    private async Task SendAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            if (await ports.Documents.GetAsync(key, DocumentJson.Default.SpilledMessage, cancellationToken) is not { Value: var spilled })
                return;
            if (!QueueNames.All.Contains(spilled.Queue))
                throw new UnreadableDocumentException(key, $"there is no queue '{spilled.Queue}'");
            await ports.Queue.SendAsync(new OutgoingMessage(spilled.Queue, spilled.Body, spilled.Group), cancellationToken);
            await ports.Documents.DeleteAsync(key, cancellationToken);
            WatchLog.SpillSent(log, spilled.Id, spilled.Queue);
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(key, e.Message, cancellationToken);
        }
    }
}
