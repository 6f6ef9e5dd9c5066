using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Cki.GitLabSimulator;

// One webhook request, and what its outcome does to the hook.
public sealed partial class GitLabWorld
{
    private const int FailuresBeforeBackOff = 4;
    private static readonly TimeSpan s_backOffMax = TimeSpan.FromDays(1);

    /// <param name="byHand">A test or a resend goes out although the hook is disabled, and its success enables the hook again.</param>
    internal async Task SendAsync(WebhookDelivery delivery, bool byHand)
    {
        lock (_gate)
        {
            if (!byHand && delivery.Hook.AlertStatus(Now) != "executable")
            {
                delivery.Outcome = "disabled";
                return;
            }
            delivery.SentAt = Now;
            delivery.Outcome = "sending";
        }
        (int? status, string? error) = await PostAsync(delivery);
        lock (_gate) Settle(delivery, status, error);
    }

    private async Task<(int? Status, string? Error)> PostAsync(WebhookDelivery delivery)
    {
        using var limit = new CancellationTokenSource(Settings.HookTimeout, clock);
        try
        {
            using HttpRequestMessage request = ToRequest(delivery);
            using HttpResponseMessage response = await hooks.SendAsync(request, limit.Token).WaitAsync(limit.Token);
            return ((int)response.StatusCode, null);
        }
        catch (OperationCanceledException)
        {
            return (null, "execution expired");
        }
        catch (Exception error)
        {
            // A peer in the same process may throw anything; for GitLab each of it is a broken connection.
            return (null, error.Message);
        }
    }

    private HttpRequestMessage ToRequest(WebhookDelivery delivery)
    {
        byte[] body = Encoding.UTF8.GetBytes(delivery.Body);
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, delivery.Hook.Url) { Content = content };
        HttpRequestHeaders headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", "GitLab/" + Settings.Version);
        headers.Add("X-Gitlab-Event", delivery.Event);
        headers.Add("X-Gitlab-Webhook-UUID", delivery.Hook.Uuid);
        headers.Add("X-Gitlab-Instance", Settings.Url);
        headers.Add("X-Gitlab-Event-UUID", delivery.EventUuid);
        headers.Add("Idempotency-Key", delivery.IdempotencyKey);
        if (delivery.Hook.Token is { Length: > 0 } token)
            headers.Add("X-Gitlab-Token", token);
        if (delivery.Hook.SigningToken is { Length: > 0 } key)
            Sign(headers, key, (delivery.IdempotencyKey, delivery.Body));
        return request;
    }

    /// <summary>Standard Webhooks 1.0: HMAC-SHA256 over id, time and raw body.</summary>
    private void Sign(HttpRequestHeaders headers, string key, (string Id, string Body) what)
    {
        string timestamp = Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        byte[] secret = Convert.FromBase64String(key.StartsWith("whsec_", StringComparison.Ordinal) ? key["whsec_".Length..] : key);
        byte[] mac = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{what.Id}.{timestamp}.{what.Body}"));
        headers.Add("webhook-id", what.Id);
        headers.Add("webhook-timestamp", timestamp);
        headers.Add("webhook-signature", "v1," + Convert.ToBase64String(mac));
    }

    private void Settle(WebhookDelivery delivery, int? status, string? error)
    {
        delivery.ResponseStatus = status;
        delivery.Error = error;
        delivery.Outcome = status is >= 200 and < 300 ? "delivered" : status is null ? "failed" : "refused";
        GitLabHook hook = delivery.Hook;
        if (delivery.Outcome == "delivered")
        {
            hook.RecentFailures = 0;
            hook.DisabledUntil = null;
            return;
        }
        hook.RecentFailures++;
        if (hook.RecentFailures < FailuresBeforeBackOff)
            return;
        // 1 minute at the fourth failure, doubling, at most a day; the fortieth disables for good.
        var backOff = TimeSpan.FromMinutes(Math.Pow(2, Math.Min(hook.RecentFailures - FailuresBeforeBackOff, 20)));
        hook.DisabledUntil = Now + (backOff < s_backOffMax ? backOff : s_backOffMax);
    }
}
