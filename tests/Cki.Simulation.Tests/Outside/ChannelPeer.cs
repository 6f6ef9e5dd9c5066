using System.Net;
using System.Text.Json.Nodes;

namespace Cki.Simulation.Tests;

/// <summary>One report as its receiver got it.</summary>
/// <param name="Id">webhook-id: the same for every copy.</param>
/// <param name="Kind"><c>final-1</c>, or <c>notice</c>.</param>
/// <param name="Sha">Null for a notice.</param>
public sealed record Receipt(TimeSpan At, string Channel, string Id, string Kind, string? Run, string? Sha, string? Verdict)
{
    /// <summary>We took it, but the sender could not know.</summary>
    public bool IsAnswerLost { get; init; }

    /// <summary>When the pipeline had settled, as the report says; null for a notice.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>A notice's key and kind: <c>outage-registry start</c>. Null for a report.</summary>
    public string? Notice { get; init; }
}

/// <summary>
/// The receivers of webhook channels. They stand outside and keep what they got, also when their answer is lost: developers at
/// <c>/developers</c>, operators at <c>/operators</c>.
/// </summary>
public sealed class ChannelPeer(Simulation simulation)
{
    public const string Host = "receiver.example";

    private readonly List<Receipt> receipts = [];

    public IReadOnlyList<Receipt> Receipts => receipts;

    /// <summary>Of each request: as often refused, lost before, lost after.</summary>
    public double FaultChance { get; init; } = 0.08;

    /// <summary>Channels whose receiver is away: nobody listens.</summary>
    public SortedSet<string> Down { get; } = new(StringComparer.Ordinal);

    public async Task<HttpResponseMessage> TakeAsync(HttpRequestMessage request)
    {
        if (Down.Contains(request.RequestUri!.AbsolutePath.Trim('/')))
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        string body = await request.Content!.ReadAsStringAsync();
        if (simulation.Faults.Strikes("receiver.503", FaultChance))
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        if (simulation.Faults.Strikes("receiver.before", FaultChance))
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        Receipt receipt = Read(request, body);
        bool isAnswerLost = simulation.Faults.Strikes("receiver.after", FaultChance);
        receipts.Add(receipt with { IsAnswerLost = isAnswerLost });
        simulation.Note(Host, $"{receipt.Channel} got {receipt.Kind} {receipt.Id} {receipt.Verdict}");
        if (isAnswerLost)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
        return new HttpResponseMessage(HttpStatusCode.OK);
    }

    private Receipt Read(HttpRequestMessage request, string body)
    {
        string channel = request.RequestUri!.AbsolutePath.Trim('/');
        string id = request.Headers.GetValues("webhook-id").Single();
        JsonNode data = JsonNode.Parse(body)!["data"]!;
        JsonNode? report = data["report"];
        return new Receipt(
            simulation.Elapsed, channel, id, report is null ? "notice" : (string)data["kind"]!, (string?)report?["run"], (string?)report?["sha"],
            (string?)report?["result"]?["verdict"])
        {
            SettledAt = (DateTimeOffset?)report?["settledAt"],
            Notice = report is null ? $"{data["key"]} {data["kind"]}" : null,
        };
    }
}
