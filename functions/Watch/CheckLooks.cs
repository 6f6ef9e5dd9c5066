using Microsoft.Extensions.Logging;

namespace Cki.Watch;

/// <summary>One look, bounded in time. Whatever goes wrong is an answer: checks of others are optional, and never fail a message.</summary>
internal sealed class CheckLooks(SuitePorts ports, IReadOnlyDictionary<string, CheckProbe> probes, ILogger log)
{
    public async Task<CheckSight> LookAsync(CheckConfig check, CheckState state, CancellationToken cancellationToken)
    {
        if (check.Target is CheckTarget.Heartbeat heartbeat)
            return CheckBeats.Sight(heartbeat, state, ports.Clock.GetUtcNow());
        if (!probes.TryGetValue(check.Target.Kind, out CheckProbe? probe))
        {
            return CheckSight.Unknown(check.Target.IsLocal
                ? $"{check.Target.Kind} is seen only where cki up runs, and is not reachable here"
                : $"nothing here can look at {check.Target.Kind}");
        }
        using var limit = new CancellationTokenSource(check.Timeout, ports.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Some peers' libraries do not listen to cancellation.
            return await probe(check, state.Memory, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return CheckSight.Down($"no whole answer within {ConfigDuration.Write(check.Timeout)}");
        }
        catch (Exception e) when (IsPeers(e))
        {
            return CheckSight.Down(e.Message.TrimEnd('.'));
        }
        catch (SecretsUnavailableException e)
        {
            return CheckSight.Unknown(e.Message.TrimEnd('.'));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            WatchLog.CheckFailed(log, e, check.Name);
            return CheckSight.Unknown($"the look failed: {e.Message.TrimEnd('.')}");
        }
    }

    private static bool IsPeers(Exception e) =>
        e is HttpRequestException or IOException or FormatException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException;
}
