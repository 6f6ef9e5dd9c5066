using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

internal static partial class ReportingLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: {Kind} sent on {Channel} as {PeerId}, try {Tries}")]
    public static partial void Sent(this ILogger log, RunId run, string kind, string channel, string? peerId, int tries);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: {Kind} sent on {Channel}, but: {Note}")]
    public static partial void Noted(this ILogger log, RunId run, string kind, string channel, string note);

    [LoggerMessage(Level = LogLevel.Information, Message = "Digest {Period} of {Channel}: {Reports} reports, {Outcome}")]
    public static partial void Digested(this ILogger log, string channel, string period, int reports, string outcome);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Address} asked for no mails of {Tree} for jobs {Pattern} until {Until}")]
    public static partial void Muted(this ILogger log, string address, TreeName tree, string pattern, DateTimeOffset until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: {Kind} not sent on {Channel}, try {Tries}: {Reason}")]
    public static partial void NotSent(this ILogger log, RunId run, string kind, string channel, int tries, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Run}: {Kind} parked on {Channel}: {Reason}")]
    public static partial void Parked(this ILogger log, RunId run, string kind, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: {Kind} on {Channel} is dropped: {Reason}")]
    public static partial void Dropped(this ILogger log, RunId run, string kind, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: {Kind} on {Channel} is put off: {Reason}")]
    public static partial void PutOff(this ILogger log, RunId run, string kind, string channel, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Channel {Channel} failed {Failures} times in a row, one probe goes at {Until}: {Reason}")]
    public static partial void CircuitOpen(this ILogger log, string channel, int failures, DateTimeOffset until, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: attempt {Attempt} is {Verdict}, reported to {Channels}")]
    public static partial void Routed(this ILogger log, RunId run, int attempt, Verdict verdict, string channels);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: all wanted channels of attempt {Attempt} are served")]
    public static partial void Closed(this ILogger log, RunId run, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {Key}: {Title}")]
    public static partial void Noticed(this ILogger log, string key, string title);

    [LoggerMessage(Level = LogLevel.Error, Message = "Set aside: {Reason}")]
    public static partial void SetAside(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {Delivery} handed to consumer {Consumer} as {RoutingKey}")]
    public static partial void Forwarded(this ILogger log, string delivery, string consumer, string routingKey);

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {Delivery} for consumer {Consumer} is put off: {Reason}")]
    public static partial void ForwardPutOff(this ILogger log, string delivery, string consumer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {Delivery} for consumer {Consumer} is dropped: {Reason}")]
    public static partial void ForwardDropped(this ILogger log, string delivery, string consumer, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Consumer {Consumer} took nothing, {Failures} in a row: {Reason}")]
    public static partial void ForwardFailed(this ILogger log, string consumer, int failures, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Note {Note} ({Id}) written on {Request}")]
    public static partial void NoteWritten(this ILogger log, MergeRequestRef request, long note, string id);

    [LoggerMessage(Level = LogLevel.Information, Message = "Note {Note} on {Request}: {By} orders {Verb}: {Answer}")]
    public static partial void Ordered(this ILogger log, MergeRequestRef request, long note, string by, string verb, string answer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Note {Note} on {Request} by {By}: {Reason}")]
    public static partial void OrderIgnored(this ILogger log, MergeRequestRef request, long note, string by, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Note {Note} in {Project} is held by {What}: {Reason}")]
    public static partial void OrderHeld(this ILogger log, ProjectRef project, long note, string what, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Run}: KCIDB submission {Id} on {Channel} is {State}: {Reason}")]
    public static partial void KcidbLooked(this ILogger log, RunId run, string channel, string id, string state, string reason);
}
