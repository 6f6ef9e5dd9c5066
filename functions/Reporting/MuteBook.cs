using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>What people asked not to hear of.</summary>
internal sealed class MuteBook(SuitePorts ports, ILogger log)
{
    private const int MutesMax = 1000;

    /// <summary>Those that bear on a channel, run out ones too: none on the operators'. One that cannot be read hides nothing.</summary>
    public async Task<IReadOnlyList<Mute>> OfAsync(ChannelConfig channel, CancellationToken cancellationToken)
    {
        var all = new List<Mute>();
        foreach (string key in channel.ForOperators ? [] : await ports.Documents.KeysAsync(Mute.Prefix, MutesMax, cancellationToken))
        {
            try
            {
                if (await ports.Documents.GetAsync(key, DocumentJson.Default.Mute, cancellationToken) is { } found)
                    all.Add(found.Value);
            }
            catch (UnreadableDocumentException e)
            {
                log.SetAside(e.Message);
            }
        }
        return all;
    }
}
