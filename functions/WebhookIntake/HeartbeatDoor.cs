using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

/// <summary>
/// <c>POST /heartbeats/{name}</c> with <c>Authorization: Bearer</c>: what checks.yaml expects to tell of itself does. The body means nothing.
/// </summary>
internal sealed class HeartbeatDoor(SuitePorts ports, ILogger log, IntakeOptions options)
{
    private const string Prefix = "/heartbeats/";
    private const string Scheme = "bearer ";

    private readonly Post _post = ports.PostFrom("webhook-intake");

    public static bool IsFor(DoorRequest request) => request.Path.StartsWith(Prefix, StringComparison.Ordinal);

    public async Task<DoorAnswer> ReceiveAsync(DoorRequest request, CancellationToken cancellationToken)
    {
        string name = request.Path[Prefix.Length..];
        if (ports.Config.Current.Checks.Check(name) is not { Target: CheckTarget.Heartbeat heartbeat })
            return DoorAnswers.NoSuchHeartbeat;
        if (request.Method != "POST")
            return DoorAnswers.NotPostedHeartbeat;
        try
        {
            if (await Patience.WithinAsync(ct => ports.Secrets.GetAsync(heartbeat.TokenSecret, ct), options.PortLimit, ports.Clock, cancellationToken) is not { Length: > 0 } token)
                throw new SecretsUnavailableException($"there is no secret '{heartbeat.TokenSecret}'");
            if (!IsSame(token, request.Headers.GetValueOrDefault("authorization")))
                return Refused(name);
            await Patience.WithinAsync(ct => SendAsync(name, ct), options.PortLimit, ports.Clock, cancellationToken);
            return DoorAnswers.Beaten;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The next beat is the retry, and the grace bears one that is missing.
            IntakeLog.BeatFailed(log, e, name);
            return DoorAnswers.Unavailable("The heartbeat could not be taken.", options.RetryAfter);
        }
    }

    private async Task<bool> SendAsync(string name, CancellationToken cancellationToken)
    {
        await _post.SendAsync(new HeartbeatReceived(name, ports.Clock.GetUtcNow()), cancellationToken);
        return true;
    }

    private DoorAnswer Refused(string name)
    {
        IntakeLog.Refused(log, name, "Authorization is missing or wrong.");
        return DoorAnswers.NotGenuine("Authorization is missing or wrong.");
    }

    /// <summary>Hashes have one length: the time tells nothing of the token.</summary>
    private static bool IsSame(string token, string? given)
    {
        string shown = given is not null && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? given[Scheme.Length..].Trim() : "";
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(shown)));
    }
}
