namespace Cki;

/// <summary>One message for people or programs, ready to go: a report of a run or a notice to operators.</summary>
/// <param name="Id">Stable over repeated sends, one per (run, channel, kind): the webhook's <c>webhook-id</c>. Without a dot.</param>
/// <param name="Kind"><c>start-1</c>, <c>final-1</c>, <c>notice</c>.</param>
/// <param name="Subject">One line, without line breaks.</param>
/// <param name="Text">Plain text; its lines are at most 72 columns, which is the report's matter.</param>
/// <param name="MessageId">RFC 5322 id without angle brackets, stable over repeated sends.</param>
/// <param name="EventJson">The same as a CloudEvents JSON envelope.</param>
public sealed record OutgoingReport(string Id, string Kind, string Subject, string Text, string MessageId, string EventJson)
{
    /// <summary>What the text was made of, for channels with a shape of their own; null for a notice.</summary>
    public ReportModel? Model { get; init; }

    /// <summary>The notice, where it is one; else null.</summary>
    public NoticeToSend? Notice { get; init; }

    /// <summary>The run it is about; null for a notice.</summary>
    public RunId? Run { get; init; }

    /// <summary>Message-ID it answers, without angle brackets; null for none.</summary>
    public string? InReplyTo { get; init; }

    /// <summary>Message-IDs of the thread, oldest first, without angle brackets.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>An earlier try may have reached the peer: chat says "(repeated)", where nothing else tells copies (architecture.md, rule 10).</summary>
    public bool MayBeCopy { get; init; }

    /// <summary>What the peer called the first message of the thread (<see cref="ReportDelivery.PeerId"/>); null: this is the first.</summary>
    public string? ThreadPeerId { get; init; }

    /// <summary>Of a digest: the reports in it, for the links that stop them. Null: it is none.</summary>
    public IReadOnlyList<DigestEntry>? Gathered { get; init; }

    /// <summary>Who gets the mail; null: the channel's own recipients. For mail only.</summary>
    public MailEnvelope? Envelope { get; init; }
}

/// <summary>How one send ended.</summary>
public abstract record ChannelOutcome
{
    private ChannelOutcome() { }

    /// <summary>The peer took it. <paramref name="PeerId"/>: Message-ID, webhook id.</summary>
    public sealed record Sent(string PeerId) : ChannelOutcome
    {
        /// <summary>What operators should know although it was sent: recipients that the mail server did not take, or that want no such mail. Null: nothing.</summary>
        public string? Note { get; init; }

        /// <summary>Who got it, as <see cref="MailAddressing.Mark"/>s; null where the channel has no recipients of its own choice.</summary>
        public IReadOnlyList<string>? Readers { get; init; }
    }

    /// <summary>What it needs beside the channel cannot be had now, and it may wait for that: not sent, and no failure of the channel.</summary>
    public sealed record NotYet(string Reason, TimeSpan For) : ChannelOutcome;

    /// <summary>Nobody on the channel wants it: not sent, and nobody misses it.</summary>
    public sealed record NotWanted(string Reason) : ChannelOutcome;

    /// <summary>The peer understood and said no. Permanent: sending the same again will not help (park it).</summary>
    public sealed record Refused(string Reason, bool Permanent) : ChannelOutcome;

    /// <summary>No answer, or the answer was lost: the peer may have taken it. Try again later.</summary>
    public sealed record Unavailable(string Reason) : ChannelOutcome
    {
        /// <summary>The peer wants to be left alone this long; null: it did not say.</summary>
        public TimeSpan? RetryAfter { get; init; }
    }
}

/// <summary>Where reports go. One implementation per kind of channel; a commit status is no such channel, it needs the run.</summary>
public interface IReportChannel
{
    /// <summary>Sends once, within the channel's own time limit. Throws <see cref="SecretsUnavailableException"/> when its secret cannot be read.</summary>
    Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken);
}
