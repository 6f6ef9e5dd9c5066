namespace Cki.Reporting;

/// <summary>Work that is nobody's failure but cannot be done yet: it costs no receives, so that waiting for days makes no dead letter.</summary>
internal sealed class PuttingOff(SuitePorts ports)
{
    /// <summary>Longest time between two looks.</summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(15);

    /// <summary>Longer waits are a due marker's matter: it survives eight hops, and there is one of it however often the work is put off.</summary>
    private static readonly TimeSpan s_hopMost = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan s_least = TimeSpan.FromSeconds(1);

    private readonly Post _post = ports.PostFrom("reporting");

    /// <param name="kind">Of the due marker, with <paramref name="id"/>: names the work.</param>
    public async Task UntilAsync<T>(ReceivedMessage message, T content, (string Kind, string Id) work, TimeSpan wait, CancellationToken cancellationToken)
        where T : class, IStageMessage<T>
    {
        // Those who wait for the same thing should not all come at once; none comes before it.
        TimeSpan delay = (wait < s_least ? s_least : wait) * (1 + (0.2 * ports.Dice.Fraction("reporting.put-off")));
        if (delay < s_hopMost && await _post.LaterAsync(message, delay, cancellationToken))
            return;
        DueMarker marker = _post.Marker(work.Kind, work.Id, ports.Clock.GetUtcNow() + (delay < LookAgain ? delay : LookAgain), content);
        await ports.Due.PlaceAsync(marker, cancellationToken);
        // The marker that brought it here is replaced, unless it is the very same.
        if (message.Attributes.GetValueOrDefault(Post.DueAttribute) != marker.Key)
            await ports.Due.DoneAsync(message, cancellationToken);
    }
}
