using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>
/// <c>/mute/{token}</c>: a reader's link to stop mails. GET shows what it would do and does nothing, for mail scanners follow every link; POST, from the
/// page's button or a mail program's own (RFC 8058), asks Reporting for it. Who holds the token needs no other right.
/// </summary>
internal sealed class MuteDoor(SuitePorts ports, ILogger log, IntakeOptions options)
{
    public const string Prefix = "/" + MuteLink.Path;

    private const int BodyBytesMax = 4096;
    private static readonly int[] s_days = [90, 30, 7, 0];

    public async Task<DoorAnswer> ReceiveAsync(DoorRequest request, CancellationToken cancellationToken)
    {
        if (request.Method is not ("GET" or "HEAD" or "POST"))
            return MutePages.NotAllowed;
        string token = request.Path[Prefix.Length..];
        if (!MuteLink.TryRead(token, out MuteLink? link) || ports.Config.Current.Channel(link.Channel) is not ChannelConfig.Mail { MuteKeySecret: { } name })
            return MutePages.NotOurs;
        try
        {
            string? secret = await Patience.WithinAsync(ct => ports.Secrets.GetAsync(name, ct), options.PortLimit, ports.Clock, cancellationToken);
            if (!MuteLink.IsGenuine(token, MuteLink.Keys(secret ?? "")))
                return MutePages.NotOurs;
            DateTimeOffset now = ports.Clock.GetUtcNow();
            if (link.Until <= now)
                return MutePages.Over;
            return request.Method == "POST" ? await MuteAsync(link, request, now, cancellationToken) : MutePages.Question(link, s_days);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            IntakeLog.MuteFailed(log, e, link.Tree);
            return MutePages.Unavailable(options.RetryAfter);
        }
    }

    private async Task<DoorAnswer> MuteAsync(MuteLink link, DoorRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (request.Body.Length > BodyBytesMax)
            return MutePages.TooLong;
        int days = Days(System.Text.Encoding.UTF8.GetString(request.Body.Span));
        var asked = new MuteAsked(link.Tree, link.Pattern, link.Address, now, now + TimeSpan.FromDays(days));
        await Patience.WithinAsync(
            async ct =>
            {
                await ports.PostFrom("webhook-intake").SendAsync(asked, ct);
                return true;
            },
            options.PortLimit, ports.Clock, cancellationToken);
        return MutePages.Done(link, asked);
    }

    /// <summary>Of the form; one click of a mail program names none and means the longest.</summary>
    private static int Days(string form)
    {
        foreach (string field in form.Split('&'))
        {
            if (s_days.Any(d => field.Trim() == $"days={d}"))
                return s_days.First(d => field.Trim() == $"days={d}");
        }
        return s_days[0];
    }
}
