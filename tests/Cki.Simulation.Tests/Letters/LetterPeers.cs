using System.Net;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Simulation.Tests;

/// <summary>A mail as its server took it.</summary>
public sealed record MailSeen(TimeSpan At, OutgoingReport Report);

/// <summary>A mail server and a KCIDB, both of which refuse, vanish or forget to answer while faults are on.</summary>
public sealed class LetterPeers(Simulation simulation)
{
    public const string KcidbHost = "kcidb.example";

    private const double FaultChance = 0.08;

    public List<MailSeen> Mails { get; } = [];

    /// <summary>What KCIDB took, in order; its id is the place in it.</summary>
    public List<JsonObject> Submissions { get; } = [];

    public IReportChannel Open(ChannelConfig.Mail channel) => new MailPeer(this, channel);

    public async Task<HttpResponseMessage> KcidbAsync(HttpRequestMessage request)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync();
        if (simulation.Faults.Strikes("kcidb.503", FaultChance))
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        if (request.Method == HttpMethod.Get)
            return Answer($$"""{"status":"processed","message":"File is processed"}""");
        Submissions.Add((JsonObject)JsonNode.Parse(body)!);
        simulation.Note("kcidb", $"submission {Submissions.Count}");
        return simulation.Faults.Strikes("kcidb.after", FaultChance)
            ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.")
            : Answer($$"""{"id":"submission{{Submissions.Count}}","status":"ok","message":"File submitted"}""");
    }

    private static HttpResponseMessage Answer(string json) => new(HttpStatusCode.OK) { Content = new StringContent(json) };

    private sealed class MailPeer(LetterPeers peers, ChannelConfig.Mail channel) : IReportChannel
    {
        public async Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
        {
            await peers.Simulation.Outside.StepAsync("smtp");
            if (peers.Simulation.Faults.Strikes("smtp.451", FaultChance))
                return new ChannelOutcome.Unavailable($"mail {channel.Name}: 451 try again");
            peers.Mails.Add(new MailSeen(peers.Simulation.Elapsed, report));
            peers.Simulation.Note("smtp", report.Subject);
            return peers.Simulation.Faults.Strikes("smtp.after", FaultChance) ? new ChannelOutcome.Unavailable("connection lost") : new ChannelOutcome.Sent(report.MessageId);
        }
    }

    private Simulation Simulation => simulation;
}
