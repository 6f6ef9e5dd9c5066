using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>What comes to mail channels beside reports: digests that are due, and readers who want none.</summary>
internal sealed class MailDesk(SuitePorts ports, Digests digests, Courier courier, ILogger log)
{
    public Task DigestAsync(ReceivedMessage message, DigestDue due, CancellationToken cancellationToken) => digests.DueAsync(message, due, courier, cancellationToken);

    /// <summary>The later wish stands, in whatever order they come.</summary>
    public async Task MuteAsync(ReceivedMessage message, MuteAsked asked, CancellationToken cancellationToken)
    {
        DateTimeOffset latest = asked.AskedAt + Mute.LongestFor;
        var wanted = new Mute(asked.Tree, asked.Pattern, asked.Address, asked.AskedAt, asked.Until < latest ? asked.Until : latest, asked.Address, "asked for by a mail's link");
        await ports.Documents.UpdateAsync(
            Mute.KeyOf(asked.Tree, asked.Pattern, asked.Address), DocumentJson.Default.Mute, current => current?.Since > wanted.Since ? current : wanted, cancellationToken);
        log.Muted(asked.Address, asked.Tree, asked.Pattern, wanted.Until);
        await ports.Due.DoneAsync(message, cancellationToken);
    }
}
