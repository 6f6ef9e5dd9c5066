using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Cki.Simulation.Tests;

/// <summary>One message as chat shows it.</summary>
/// <param name="Id">Slack: of the report. IRC has none: empty.</param>
/// <param name="Reports">How many reports it tells of: more than one in a digest.</param>
public sealed record ChatLineSeen(TimeSpan At, string Id, string Text, int Reports)
{
    public bool IsAnswerLost { get; init; }

    public bool IsNotice => Text.StartsWith("[CKI] NOTICE", StringComparison.Ordinal);
}

/// <summary>A Slack that takes one message a second and an irccat; both may be away, both answer 429 and 5xx at times while faults are on.</summary>
public sealed class ChatPeer(Simulation simulation)
{
    public const string SlackHost = "slack.example";
    public const string IrcHost = "irccat.example";

    private const double FaultChance = 0.06;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private TimeSpan slackFreeAt;

    public List<ChatLineSeen> Slack { get; } = [];

    public List<ChatLineSeen> Irc { get; } = [];

    public SortedSet<string> Down { get; } = new(StringComparer.Ordinal);

    /// <summary>How often Slack had to say 429 because we were too fast, not because faults are on.</summary>
    public int TooFast { get; private set; }

    public async Task<HttpResponseMessage> SlackAsync(HttpRequestMessage request)
    {
        string body = await ReadAsync(request, SlackHost);
        if (simulation.Elapsed < slackFreeAt)
        {
            TooFast++;
            return Later();
        }
        if (simulation.Faults.Strikes("slack.429", FaultChance))
            return Later();
        if (simulation.Faults.Strikes("slack.503", FaultChance))
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        slackFreeAt = simulation.Elapsed + (s_second / 2);
        JsonNode message = JsonNode.Parse(body)!;
        return Taken(Slack, new ChatLineSeen(simulation.Elapsed, (string)message["metadata"]!["event_payload"]!["id"]!, (string)message["text"]!, 1), "slack", Yes());
    }

    public async Task<HttpResponseMessage> IrcAsync(HttpRequestMessage request)
    {
        string line = await ReadAsync(request, IrcHost);
        if (simulation.Faults.Strikes("irccat.502", FaultChance))
            return new HttpResponseMessage(HttpStatusCode.BadGateway);
        string[] words = line.Split(' ', 4);
        int reports = words is [_, var count, "reports:", ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 1;
        return Taken(Irc, new ChatLineSeen(simulation.Elapsed, "", line, reports), "irccat", new HttpResponseMessage(HttpStatusCode.OK));
    }

    private async Task<string> ReadAsync(HttpRequestMessage request, string host)
    {
        string body = await request.Content!.ReadAsStringAsync();
        if (Down.Contains(host))
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        return body;
    }

    private HttpResponseMessage Taken(List<ChatLineSeen> seen, ChatLineSeen line, string name, HttpResponseMessage yes)
    {
        bool isAnswerLost = simulation.Faults.Strikes($"{name}.after", FaultChance);
        seen.Add(line with { IsAnswerLost = isAnswerLost });
        simulation.Note(name, line.Text);
        return isAnswerLost ? throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.") : yes;
    }

    private HttpResponseMessage Yes() => new(HttpStatusCode.OK) { Content = new StringContent($$"""{"ok":true,"ts":"{{Slack.Count}}.0001"}""") };

    private static HttpResponseMessage Later() =>
        new(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(2)) }, Content = new StringContent("rate_limited") };
}
