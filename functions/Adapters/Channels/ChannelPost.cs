using System.Text;

namespace Cki.Adapters;

/// <summary>What a peer answered.</summary>
/// <param name="Body">At most 64 KiB; empty for a yes that nobody reads.</param>
/// <param name="Said">One line for people.</param>
/// <param name="RetryAfter">As it asked for, in seconds or as a date; null: it did not.</param>
internal sealed record PeerAnswer(int Status, string Body, string Said, TimeSpan? RetryAfter)
{
    public bool IsYes => Status is >= 200 and < 300;

    /// <summary>It passes: too many requests, a gateway without its server, a server in trouble.</summary>
    public bool IsPassing => Status is 408 or 425 or 429 or >= 500;
}

/// <summary>One request to a channel's peer within a time limit, never repeated here: whether it arrived is the courier's matter.</summary>
/// <param name="where">For reasons, e.g. <c>webhook results at example.org</c>.</param>
internal sealed class ChannelPost(string where, HttpClient http, TimeProvider clock)
{
    /// <summary>Standard Webhooks advises 15 to 30 s.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private const int AnswerBytesMax = 64 << 10;

    public async Task<ChannelOutcome> SendAsync(HttpRequestMessage request, Func<PeerAnswer, ChannelOutcome> read, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(Limit, clock, cancellationToken);
        try
        {
            request.Headers.UserAgent.ParseAdd("cki-serverless");
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            string body = Encoding.UTF8.GetString(await BoundedBody.ReadAsync(response.Content, AnswerBytesMax, deadline.Token));
            TimeSpan? after = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - clock.GetUtcNow());
            return read(new PeerAnswer((int)response.StatusCode, body, ErrorText.Read(body, response.ReasonPhrase), after > TimeSpan.Zero ? after : null));
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && deadline.IsOver))
        {
            return new ChannelOutcome.Unavailable(deadline.IsOver ? $"{where}: no answer within {Limit.TotalSeconds:0} s" : $"{where}: {e.Message}");
        }
    }
}
