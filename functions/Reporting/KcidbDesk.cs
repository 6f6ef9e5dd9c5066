using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>
/// Submissions to KCIDB. It takes a document at once and looks into it later, so a due marker asks for its status until it was processed; one that KCIDB
/// refuses then is parked after all, and operators hear of it.
/// </summary>
public sealed class KcidbDesk(KcidbJobs jobs, Func<ChannelConfig.Kcidb, KcidbChannel> open, SuitePorts ports, ILogger log)
{
    /// <summary>KCIDB reads what it took within minutes.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(5);

    /// <summary>A submission that KCIDB still does not know by then is lost; one that it has not read may wait a day.</summary>
    private static readonly TimeSpan KnownWithin = TimeSpan.FromHours(1);
    private static readonly TimeSpan ReadWithin = TimeSpan.FromDays(1);

    private readonly Post _post = ports.PostFrom("reporting");

    public async Task<ChannelOutcome> SubmitAsync(ChannelConfig.Kcidb channel, Letter.Kcidb letter, CancellationToken cancellationToken)
    {
        JsonObject document;
        try
        {
            document = KcidbDocument.Of(await jobs.GatherAsync(channel.Origin, letter.Run, letter.Attempt, cancellationToken));
        }
        catch (GitLabUnavailableException e)
        {
            return new ChannelOutcome.Unavailable(e.Message);
        }
        if (KcidbSchema.Faults(document) is [var fault, ..])
            return new ChannelOutcome.Refused($"the submission does not follow KCIDB's schema: {fault}", Permanent: true);
        // The marker first: who is killed after KCIDB's yes is reminded to look.
        DateTimeOffset now = ports.Clock.GetUtcNow();
        var look = new KcidbStatusDue(letter.Run.Run, channel.Name, letter.Kind, now);
        await ports.Due.PlaceAsync(_post.Marker("kcidb", $"{look.Run}-{look.Channel}-{look.Kind}", now + FirstLook, look), cancellationToken);
        return await open(channel).SubmitAsync(Encoding.UTF8.GetBytes(document.ToJsonString()), cancellationToken);
    }

    /// <summary>Nothing is done where it is too early to tell: the marker brings it back.</summary>
    public async Task LookAsync(ReceivedMessage message, KcidbStatusDue due, CancellationToken cancellationToken)
    {
        string key = ReportDelivery.KeyOf(due.Run, due.Channel, due.Kind);
        ReportDelivery? delivery = (await ports.Documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken))?.Value;
        if (delivery is { State: DeliveryState.Claimed })
            return;
        if (delivery is not { State: DeliveryState.Sent, PeerId: { } id } || ports.Config.Current.Channel(due.Channel) is not ChannelConfig.Kcidb channel)
        {
            await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        (KcidbStatus? status, string reason) = await StatusAsync(channel, id, cancellationToken);
        TimeSpan age = ports.Clock.GetUtcNow() - (delivery.SentAt ?? due.Since);
        log.KcidbLooked(due.Run, due.Channel, id, status?.State ?? "unknown", status?.Message ?? reason);
        string? trouble = status switch
        {
            { State: "processed" } => null,
            { State: "failed" or "error" } => $"KCIDB refused submission {id}: {status.Message}",
            { State: "notfound" } when age > KnownWithin => $"KCIDB knows no submission {id} any more",
            _ when age > ReadWithin => $"KCIDB has not read submission {id} within a day; it last said: {status?.State ?? reason}",
            _ => "",
        };
        if (trouble == "")
            return;
        if (trouble is null)
            await EndedAsync(due.Channel, cancellationToken);
        else
            await ParkAsync(key, (due, id), trouble, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task<(KcidbStatus? Status, string Reason)> StatusAsync(ChannelConfig.Kcidb channel, string id, CancellationToken cancellationToken)
    {
        try
        {
            return await open(channel).StatusAsync(id, cancellationToken);
        }
        catch (SecretsUnavailableException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Operators first: a crash in between tells them twice, which their notice's key catches.</summary>
    private async Task ParkAsync(string key, (KcidbStatusDue Due, string Id) of, string trouble, CancellationToken cancellationToken)
    {
        string text = $"{of.Due.Run}: {of.Due.Kind} on {of.Due.Channel}: {SafeText.Line(trouble)}\nIts objects are not in KCIDB. The run's page on the board has the report.";
        await _post.SendAsync(new NoticeRaised(NoticeKey(of.Due.Channel), $"KCIDB does not keep what channel {of.Due.Channel} submits", text), cancellationToken);
        await ports.Documents.UpdateAsync(
            key,
            DocumentJson.Default.ReportDelivery,
            d => d is { State: DeliveryState.Sent } && d.PeerId == of.Id ? d with { State = DeliveryState.Parked, LastError = SafeText.Line(trouble) } : d,
            cancellationToken);
        log.Parked(of.Due.Run, of.Due.Kind, of.Due.Channel, trouble);
    }

    private async Task EndedAsync(string channel, CancellationToken cancellationToken)
    {
        string key = NoticeState.KeyOf(NoticeKey(channel));
        if (await ports.Documents.GetAsync(key, DocumentJson.Default.NoticeState, cancellationToken) is { Value.EndedAt: null })
            await _post.SendAsync(new NoticeRaised(NoticeKey(channel), $"KCIDB keeps what channel {channel} submits again", "", Recovered: true), cancellationToken);
    }

    private static string NoticeKey(string channel) => $"kcidb-{channel}";
}
