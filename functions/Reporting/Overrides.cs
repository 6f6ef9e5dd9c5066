using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>
/// Orders in notes on merge requests. A webhook is a hint: the note is read from GitLab, its author's access level decides, and what follows is decided
/// once, recorded, audited, carried out by messages and answered by one note in the thread of theirs. Whatever else a note says does nothing.
/// </summary>
internal sealed class Overrides(GitLabClient gitLab, NotePoster poster, SuitePorts ports, ILogger log)
{
    /// <summary>Older ones come from a replay or a long outage: whoever wrote them has gone on.</summary>
    private static readonly TimeSpan WorthFor = TimeSpan.FromDays(3);

    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(30);

    private readonly OverrideSight _sight = new(gitLab, ports);
    private readonly Post _post = ports.PostFrom("reporting");

    public async Task HandleAsync(ReceivedMessage message, NoteSeen seen, CancellationToken cancellationToken)
    {
        var request = new MergeRequestRef(seen.Project, seen.Iid);
        string key = OverrideRecord.KeyOf(request, seen.Note);
        OverrideRecord? record = (await ports.Documents.GetAsync(key, DocumentJson.Default.OverrideRecord, cancellationToken))?.Value;
        if (record is null && await ports.Switches.HeldAsync(Act.All, null, cancellationToken) is { } held)
        {
            await HeldAsync(message, seen, held, cancellationToken);
            return;
        }
        // The marker first: killed anywhere below, it brings the note back, and what was recorded goes on.
        string due = await PlaceAsync(seen, DueAfter, cancellationToken);
        record ??= await DecideAsync(request, seen, cancellationToken);
        if (record is not null)
        {
            await ActAsync(key, record, cancellationToken);
            await AnswerAsync(key, record, cancellationToken);
        }
        await ports.Documents.DeleteAsync(due, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    /// <summary>Null: nobody spoke to us.</summary>
    private async Task<OverrideRecord?> DecideAsync(MergeRequestRef request, NoteSeen seen, CancellationToken cancellationToken)
    {
        long id = seen.Note;
        GitLabHost? host = ports.Config.Current.Host(request.Project.Host);
        GitLabNote? note = host is null ? null : await gitLab.GetNoteAsync(request, id, cancellationToken);
        // Our own answers name orders: they must not be orders.
        if (note is null or { IsSystem: true } || note.Author == host!.BotUser || OverrideParser.Read(note.Body, host.BotUser) is not [var first, .. var others])
            return null;
        DateTimeOffset now = ports.Clock.GetUtcNow();
        if (now - note.CreatedAt > WorthFor)
        {
            log.OrderIgnored(request, id, note.Author, $"it is from {note.CreatedAt:yyyy-MM-dd HH:mm}");
            return null;
        }
        if (await _sight.LookAsync(request, note, cancellationToken) is not { } facts)
            return null;
        PlannedOrder Planned(OverrideCommand command) => new(command.Verb, OverrideDecision.Of(new OverrideOrder(request, id, note.Author, command, now), facts));
        var record = new OverrideRecord(request, id, note.Author, first.Verb, Planned(first).Plan, now)
        {
            More = others.Length == 0 ? null : [.. others.Select(Planned)],
            Discussion = seen.Discussion,
            Run = facts.Run?.Run,
            Tree = facts.Tree.Name,
        };
        record = record with { IsAnswered = record.Orders.Any(o => !o.Plan.IsRefused) || await MayAnswerAsync(request, note, cancellationToken) };
        OverrideRecord stands = await ports.Documents.UpdateAsync(
            OverrideRecord.KeyOf(request, id), DocumentJson.Default.OverrideRecord, current => current ?? record, cancellationToken) ?? record;
        foreach (PlannedOrder order in ReferenceEquals(stands, record) ? record.Orders : [])
            log.Ordered(request, id, note.Author, order.Verb, order.Plan.IsRefused ? $"refused: {SafeText.Line(order.Plan.Answer)}" : SafeText.Line(order.Plan.Answer));
        return stands;
    }

    private async Task<bool> MayAnswerAsync(MergeRequestRef request, GitLabNote note, CancellationToken cancellationToken)
    {
        string key = OverrideRefusals.KeyOf(request.Project.Host, note.AuthorId, ports.Clock.GetUtcNow());
        OverrideRefusals? stands = await ports.Documents.UpdateAsync(
            key,
            DocumentJson.Default.OverrideRefusals,
            current => current is not null && (current.Notes.Count >= OverrideRefusals.AnswersMax || current.Notes.Contains(note.Id))
                ? current
                : new OverrideRefusals([.. current?.Notes ?? [], note.Id]),
            cancellationToken);
        return stands!.Notes.Contains(note.Id);
    }

    /// <summary>Audited before the act; every message may be sent twice.</summary>
    private async Task ActAsync(string key, OverrideRecord record, CancellationToken cancellationToken)
    {
        if (record.ActedAt is not null)
            return;
        for (int i = 0; i < record.Orders.Count; i++)
            await ActAsync(record, i, cancellationToken);
        await NoteAsync(key, r => r with { ActedAt = ports.Clock.GetUtcNow() }, cancellationToken);
    }

    private async Task ActAsync(OverrideRecord record, int nth, CancellationToken cancellationToken)
    {
        (string verb, OverridePlan plan) = record.Orders[nth];
        if (!plan.IsRefused && verb != "help")
        {
            var audit = new AuditEntry(record.At, record.By, $"@ {verb}", record.Run?.Value ?? record.Request.ToString(), $"note {record.Note} on {record.Request}");
            await ports.Documents.PutAsync(audit.Key($"note-{record.Note}{(nth == 0 ? "" : $"_{nth + 1:00}")}"), audit, DocumentJson.Default.AuditEntry, cancellationToken);
        }
        if (plan.Retest is { } retest)
            await _post.SendAsync(retest, cancellationToken);
        if (plan.Stop is { } stop)
            await _post.SendAsync(stop, cancellationToken);
        foreach (RetryJob retry in plan.Retries)
            await _post.SendAsync(retry, cancellationToken);
        foreach (OverruleJob overrule in plan.Overrules)
            await _post.SendAsync(overrule, cancellationToken);
        if (plan.Mute is { } mute)
            await ports.Documents.UpdateAsync(Mute.KeyOf(mute.Tree, mute.Pattern, mute.Address), DocumentJson.Default.Mute, m => m?.Since > mute.Since ? m : mute, cancellationToken);
    }

    private async Task AnswerAsync(string key, OverrideRecord record, CancellationToken cancellationToken)
    {
        if (record.AnsweredAt is not null || !record.IsAnswered)
            return;
        var answer = new NoteToPut(record.Request, $"answer-{record.Note}", $"{Markdown.Code(record.By)}:{Answers(record)}\n", record.At) { Discussion = record.Discussion };
        switch (await poster.PutAsync(answer, cancellationToken))
        {
            case ChannelOutcome.Sent:
                break;
            case ChannelOutcome.Refused no:
                // What was ordered is done and on the run's page; a bot that may not write is the operators' to mend.
                log.OrderIgnored(record.Request, record.Note, record.By, $"it cannot be answered: {no.Reason}");
                await _post.SendAsync(
                    new NoticeRaised($"answers-{record.Request.Project.Host}", $"our bot cannot answer on {record.Request.Project}", $"Orders in notes are carried out, but not answered: {SafeText.Line(no.Reason)}") { Fades = true },
                    cancellationToken);
                break;
            case ChannelOutcome.Unavailable down:
                throw new ChannelUnavailableException($"note {record.Note} on {record.Request}: its answer was not taken: {down.Reason}");
        }
        await NoteAsync(key, r => r with { AnsweredAt = ports.Clock.GetUtcNow() }, cancellationToken);
    }

    private static string Answers(OverrideRecord record) => record.More is null
        ? $" {record.Plan.Answer}"
        : $"\n\n{string.Join('\n', record.Orders.Select(o => $"- {Markdown.Code(o.Verb)}: {o.Plan.Answer}"))}";

    /// <summary>While the installation only observes, notes are another one's to follow; while it is paused, they wait.</summary>
    private async Task HeldAsync(ReceivedMessage message, NoteSeen seen, Switch held, CancellationToken cancellationToken)
    {
        if (held.What is not (Switch.Observe or Switch.Staging))
        {
            string again = await PlaceAsync(seen, LookAgain, cancellationToken);
            if (message.Attributes.GetValueOrDefault(Post.DueAttribute) == again)
                return;
        }
        log.OrderHeld(seen.Project, seen.Note, held.What, held.Reason);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private Task<string> PlaceAsync(NoteSeen seen, TimeSpan after, CancellationToken cancellationToken) => ports.Due.PlaceAsync(
        _post.Marker("override", $"{seen.Project.Host}-{seen.Note}", ports.Clock.GetUtcNow() + after, seen), cancellationToken);

    private Task NoteAsync(string key, Func<OverrideRecord, OverrideRecord> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(key, DocumentJson.Default.OverrideRecord, r => r is null ? null : change(r), cancellationToken);
}
