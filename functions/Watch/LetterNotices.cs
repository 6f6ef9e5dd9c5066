using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>Tells operators of dead letters, and that they are over: handled after a return, or dropped.</summary>
internal sealed class LetterNotices(SuitePorts ports, SetAside aside, ILogger log)
{
    private static readonly TimeSpan s_lookAfter = TimeSpan.FromMinutes(10);

    private readonly Post _post = ports.PostFrom("watch");

    /// <summary>Marker and note stand before it is told, so that whatever was told has its end.</summary>
    public async Task TellAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        if (!Circulation.IsNoticeable(letter))
            return;
        var look = new LookAtLetter(letter.Queue, letter.Id);
        await ports.Due.PlaceAsync(_post.Marker(LookAtLetter.Kind, $"{letter.Queue}-{letter.Id}", ports.Clock.GetUtcNow() + s_lookAfter, look), cancellationToken);
        bool wasTold = false;
        await ChangeAsync(letter.Queue, letter.Id, note =>
        {
            wasTold = note is { IsParked: false };
            return new LetterNotice(letter.Queue, letter.Id) { IsParked = letter.Parked };
        }, cancellationToken);
        await _post.SendAsync(WatchNotices.OfDeadLetter(letter), cancellationToken);
        if (letter.Parked && wasTold)
            await _post.SendAsync(WatchNotices.OfLetterOver(letter.Queue, letter.Id, isParked: false, "It is parked now, which is told by itself."), cancellationToken);
    }

    /// <summary>Before it goes back: from now on it counts whether it comes again.</summary>
    public Task ReturningAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        DateTimeOffset now = ports.Clock.GetUtcNow();
        return ChangeAsync(letter.Queue, letter.Id, note => note is null ? null : note with { ReturnedAt = now }, cancellationToken);
    }

    public async Task LookAsync(LookAtLetter look, ReceivedMessage message, CancellationToken cancellationToken)
    {
        string key = LetterNotice.KeyOf(look.Queue, look.Id);
        try
        {
            if ((await ports.Documents.GetAsync(key, LetterJson.Default.LetterNotice, cancellationToken))?.Value is { } note)
            {
                // Its marker stays while it is not over: it will be asked for again.
                if (await WhyOverAsync(note, cancellationToken) is not { } why)
                    return;
                WatchLog.LetterOver(log, look.Id, look.Queue, why);
                await _post.SendAsync(WatchNotices.OfLetterOver(look.Queue, look.Id, note.IsParked, why), cancellationToken);
                await ports.Documents.DeleteAsync(key, cancellationToken);
            }
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(key, e.Message, cancellationToken);
        }
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    /// <summary>Null: it is not.</summary>
    private async Task<string?> WhyOverAsync(LetterNotice note, CancellationToken cancellationToken)
    {
        if (await ports.Store.GetAsync(DeadLetter.KeyOf(note.Queue, note.Id), cancellationToken) is not null)
            return null;
        if (note.ReturnedAt is not { } returned)
            return "It was dropped: what it asked for does not happen.";
        return ports.Clock.GetUtcNow() - returned >= LetterNotice.HandledAfter ? "It went back to its queue and has not come again: it was handled." : null;
    }

    private Task ChangeAsync(string queue, string id, Func<LetterNotice?, LetterNotice?> change, CancellationToken cancellationToken) =>
        ports.Documents.UpdateAsync(LetterNotice.KeyOf(queue, id), LetterJson.Default.LetterNotice, change, cancellationToken);
}
