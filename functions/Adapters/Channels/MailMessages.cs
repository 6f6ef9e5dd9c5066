using MimeKit;

namespace Cki.Adapters;

/// <summary>One message and whom the server is asked to take it for.</summary>
public sealed record MailLetter(MimeMessage Message, IReadOnlyList<MailboxAddress> Recipients);

/// <summary>
/// A report as kernel lists take it: plain text, in 7 bits where it can be and else quoted-printable (base64 is refused by filters and unreadable in
/// archives). All recipients see the same From, To, Cc and Message-ID; where each has a link of its own, each gets a message of its own, as from a
/// list's server.
/// </summary>
public static class MailMessages
{
    /// <summary>RFC 5322, 2.1.1: the longest line without its end.</summary>
    private const int LineMax = 998;

    private const int SubjectMax = 400;
    private const int MarkMax = 200;

    /// <summary>At least one; the caller disposes their messages.</summary>
    public static IReadOnlyList<MailLetter> Of(ChannelConfig.Mail channel, OutgoingReport report, DateTimeOffset now)
    {
        MailEnvelope envelope = report.Envelope ?? new MailEnvelope(channel.To, channel.Cc, new HashSet<string>());
        MailboxAddress[] all = [.. envelope.All.Select(MailboxAddress.Parse)];
        if (envelope.Mutes is not { } mutes)
            return [new MailLetter(Message(channel, report, envelope, null, now), all)];
        return
        [
            .. all.Select(to => new MailLetter(Message(channel, report, envelope, mutes.GetValueOrDefault(MailAddressing.Bare(to.Address)), now), [to])),
        ];
    }

    private static MimeMessage Message(ChannelConfig.Mail channel, OutgoingReport report, MailEnvelope envelope, MuteAddresses? mutes, DateTimeOffset now)
    {
        var message = new MimeMessage
        {
            Subject = SafeText.Line(report.Subject, SubjectMax), Date = now, MessageId = report.MessageId,
            Body = Body(MailBody.Of(report.Text, channel, report.Model?.BoardUrl ?? report.Model?.PipelineUrl, mutes)),
        };
        message.From.Add(MailboxAddress.Parse(channel.From));
        message.To.AddRange(envelope.To.Select(MailboxAddress.Parse));
        message.Cc.AddRange(envelope.Cc.Select(MailboxAddress.Parse));
        if (channel.ReplyTo is not null)
            message.ReplyTo.Add(MailboxAddress.Parse(channel.ReplyTo));
        if (report.InReplyTo is not null)
            message.InReplyTo = report.InReplyTo;
        foreach (string id in report.References)
            message.References.Add(id);
        foreach ((string name, string value) in Marks(report).Concat(Stops(mutes)))
            message.Headers.Add(name, SafeText.Line(value, name.StartsWith("List-", StringComparison.Ordinal) ? MuteLink.TokenMax : MarkMax));
        return message;
    }

    private static TextPart Body(string text)
    {
        bool isPlain = text.All(c => char.IsAscii(c)) && text.Split('\n').All(l => l.Length <= LineMax);
        var body = new TextPart("plain") { ContentTransferEncoding = isPlain ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable };
        body.SetText(System.Text.Encoding.UTF8, text);
        return body;
    }

    /// <summary>No vacation notice answers them (RFC 3834), and filters sort by them.</summary>
    private static IEnumerable<(string Name, string Value)> Marks(OutgoingReport report)
    {
        yield return ("Auto-Submitted", "auto-generated");
        yield return ("Precedence", "bulk");
        yield return ("X-CKI-Kind", report.Kind);
        if (report.Model is not { } model)
            yield break;
        yield return ("X-CKI-Run", model.Run.Value);
        yield return ("X-CKI-Tree", model.Tree.Value);
        yield return ("X-CKI-Branch", model.Branch);
        yield return ("X-CKI-Commit", model.Sha.Value);
        yield return ("X-CKI-Verdict", model.Result.Verdict.ToString().ToLowerInvariant());
        if (model.Result.Verdict == Verdict.Failed)
            yield return ("X-CKI-Known", MailAddressing.IsAllKnown(model.Result) ? "yes" : "no");
    }

    /// <summary>RFC 2369 and RFC 8058: a mail program's own button.</summary>
    private static IEnumerable<(string Name, string Value)> Stops(MuteAddresses? mutes) =>
        mutes?.Everything is null ? [] : [("List-Unsubscribe", $"<{mutes.Everything}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")];
}
