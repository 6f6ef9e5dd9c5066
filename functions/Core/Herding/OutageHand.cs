using System.Globalization;

namespace Cki;

/// <summary><c>audit/outage/{time}-{class}-{what}.json</c>: who changed an outage by hand, and why.</summary>
public sealed record OutageAudit(string Class, string What, string By, string Reason, DateTimeOffset At, OutagePhase Before, OutagePhase After, int V = 1)
{
    public const string Prefix = "audit/outage/";
}

/// <summary>A person's change of an outage, on the store alone: state, audit, and a due marker that lets the herder carry it out.</summary>
public sealed class OutageHand(Documents documents, Post post, string by)
{
    /// <param name="change">Gets the state as it stands, the reason and the time; the same reference changes nothing.</param>
    public async Task<(OutageState State, bool Changed)> ChangeAsync(
        string failureClass, string what, string reason, Func<OutageState, string, DateTimeOffset, OutageState> change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // The marker first: killed in between, a look too many does no harm.
        DueMarker marker = post.Marker(OutageLook.Kind, $"{failureClass}-by-hand", now, new OutageLook(failureClass));
        await documents.PutAsync(marker.Key, marker, DocumentJson.Default.DueMarker, cancellationToken);
        OutageState before = new(failureClass);
        OutageState? stands = await documents.UpdateAsync(
            OutageState.KeyOf(failureClass),
            OutageJson.Default.OutageState,
            current =>
            {
                before = current ?? new OutageState(failureClass);
                OutageState after = change(before, reason, now);
                return ReferenceEquals(after, before) ? null : after;
            },
            cancellationToken);
        OutageState state = stands ?? before;
        bool changed = stands is not null && !ReferenceEquals(stands, before);
        var audit = new OutageAudit(failureClass, what, by, reason, now, before.Phase, state.Phase);
        string key = string.Create(CultureInfo.InvariantCulture, $"{OutageAudit.Prefix}{now.UtcDateTime:yyyyMMddHHmmssfff}-{failureClass}-{what}.json");
        await documents.PutAsync(key, audit, OutageJson.Default.OutageAudit, cancellationToken);
        return (state, changed);
    }
}
