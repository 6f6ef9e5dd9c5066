using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary><c>checks/{name}.json</c>, and what operators are told of it.</summary>
internal sealed class CheckBook(SuitePorts ports, SetAside aside, ILogger log)
{
    private readonly Post _post = ports.PostFrom("watch");

    /// <summary>Null: never looked, or its record could not be read and was set aside.</summary>
    public async Task<CheckState?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await ports.Documents.GetAsync(CheckState.KeyOf(name), DocumentJson.Default.CheckState, cancellationToken))?.Value;
        }
        catch (UnreadableDocumentException e)
        {
            await aside.MoveAsync(CheckState.KeyOf(name), e.Message, cancellationToken);
            return null;
        }
    }

    /// <summary>The states of what a check depends on; those that never were looked at are missing.</summary>
    public async Task<IReadOnlyList<CheckState>> DependenciesAsync(CheckConfig check, CancellationToken cancellationToken)
    {
        var states = new List<CheckState>();
        foreach (string name in check.DependsOn)
        {
            if (await ReadAsync(name, cancellationToken) is { } state)
                states.Add(state);
        }
        return states;
    }

    public async Task<CheckState> ChangeAsync(string name, Func<CheckState?, CheckState> change, CancellationToken cancellationToken) =>
        (await ports.Documents.UpdateAsync(CheckState.KeyOf(name), DocumentJson.Default.CheckState, change, cancellationToken))!;

    /// <summary>Tells operators what they should have been told and were not. Noted afterwards: killed in between it is told again, which changes nothing.</summary>
    public async Task TellAsync(CheckConfig check, CheckState state, CancellationToken cancellationToken)
    {
        IReadOnlyList<CheckStatus> wanted = CheckNotices.Wanted(state);
        CheckStatus[] begun = [.. wanted.Except(state.Told)];
        CheckStatus[] over = [.. state.Told.Except(wanted)];
        if (begun.Length == 0 && over.Length == 0)
            return;
        if (begun.Length > 0)
            WatchLog.CheckBad(log, check.Name, state.Status, state.Said);
        else
            WatchLog.CheckBetter(log, check.Name, state.Status, state.Said);
        foreach (CheckStatus status in begun)
            await _post.SendAsync(CheckNotices.Begun(check, state, status, ports.Config.Current.Checks), cancellationToken);
        foreach (CheckStatus status in over)
            await _post.SendAsync(CheckNotices.Over(state, status), cancellationToken);
        await ChangeAsync(
            check.Name, s => s is null ? state with { Told = wanted } : s with { Told = [.. s.Told.Except(over).Union(begun).Order()] }, cancellationToken);
    }
}
