using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>A note as it should stand on a merge request.</summary>
/// <param name="Id">Which of our notes there it is: letters, digits, dashes. A hidden line of the note carries it.</param>
/// <param name="Rank">A note that says something of higher rank is left alone.</param>
public sealed record NoteToPut(MergeRequestRef Request, string Id, string Body, DateTimeOffset Rank)
{
    /// <summary>The thread that it answers in; null: it stands alone.</summary>
    public string? Discussion { get; init; }

    /// <summary>GitLab keeps comments in a note's source and shows them to nobody.</summary>
    public string Marker => $"<!-- cki:{Id} -->";

    public string Text => $"{Marker}\n{Body}";
}

/// <summary>
/// Writes notes with a poster's care: one note per id, edited in place. Before it writes a new one it claims, so that an unanswered POST bars another one
/// for three minutes, and looks for the note by its marker and our user name.
/// </summary>
public sealed class NotePoster(GitLabClient gitLab, SuitePorts ports, ILogger log)
{
    public async Task<ChannelOutcome> PutAsync(NoteToPut put, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(put, cancellationToken);
        }
        catch (GitLabRefusedException e)
        {
            return new ChannelOutcome.Refused(e.Message, Permanent: e.Status is not (401 or 403));
        }
        catch (GitLabUnavailableException e)
        {
            return new ChannelOutcome.Unavailable(e.Message);
        }
    }

    private async Task<ChannelOutcome> WriteAsync(NoteToPut put, CancellationToken cancellationToken)
    {
        string key = PostedNote.KeyOf(put.Request, put.Id);
        PostedNote? known = (await ports.Documents.GetAsync(key, DocumentJson.Default.PostedNote, cancellationToken))?.Value;
        if (known is { Note: { } written } && known.Rank > put.Rank)
            return new ChannelOutcome.Sent($"{written}: tells of something newer");
        GitLabNote? stands = await FindAsync(put, known, cancellationToken);
        if (stands is not null)
        {
            if (stands.Body != put.Text && !await gitLab.EditNoteAsync(put.Request, stands.Id, put.Text, cancellationToken))
                return new ChannelOutcome.Unavailable($"note {stands.Id} on {put.Request} went while it was edited");
            await NoteAsync(key, put, stands.Id, cancellationToken);
            return new ChannelOutcome.Sent(Id(stands.Id));
        }
        DateTimeOffset now = ports.Clock.GetUtcNow();
        var claim = new PostedNote(put.Rank) { ClaimedAt = now };
        PostedNote? claimed = await ports.Documents.UpdateAsync(
            key, DocumentJson.Default.PostedNote, current => current?.ClaimedAt + PostedNote.ClaimLasts > now ? current : claim, cancellationToken);
        if (!ReferenceEquals(claimed, claim))
            return new ChannelOutcome.Unavailable($"a note on {put.Request} was posted at {claimed!.ClaimedAt:HH:mm:ss} without an answer and may still appear");
        GitLabNote made = (put.Discussion is { } thread ? await gitLab.ReplyAsync(put.Request, thread, put.Text, cancellationToken) : null)
            ?? await gitLab.CreateNoteAsync(put.Request, put.Text, cancellationToken);
        await NoteAsync(key, put, made.Id, cancellationToken);
        log.NoteWritten(put.Request, made.Id, put.Id);
        return new ChannelOutcome.Sent(Id(made.Id));
    }

    /// <summary>Ours by its author: whoever copies a marker gains nothing.</summary>
    private async Task<GitLabNote?> FindAsync(NoteToPut put, PostedNote? known, CancellationToken cancellationToken)
    {
        string? bot = ports.Config.Current.Host(put.Request.Project.Host)?.BotUser;
        if (known?.Note is { } id && await gitLab.GetNoteAsync(put.Request, id, cancellationToken) is { } written && written.Author == bot)
            return written;
        return (await gitLab.ListNotesAsync(put.Request, cancellationToken))
            .FirstOrDefault(n => n.Author == bot && n.Body.StartsWith(put.Marker, StringComparison.Ordinal));
    }

    private Task NoteAsync(string key, NoteToPut put, long note, CancellationToken cancellationToken) => ports.Documents.UpdateAsync(
        key,
        DocumentJson.Default.PostedNote,
        current => current is not null && current.Note == note && current.Rank >= put.Rank ? current : new PostedNote(put.Rank) { Note = note },
        cancellationToken);

    private static string Id(long note) => note.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
