namespace Cki;

/// <summary>How sources prove their deliveries. Headers are lower case.</summary>
public static class SourceKinds
{
    /// <summary>X-Gitlab-Token in the clear, or Standard Webhooks with a signing token.</summary>
    public const string GitLab = "gitlab";

    /// <summary>X-Hub-Signature-256.</summary>
    public const string GitHub = "github";

    /// <summary>Sentry-Hook-Signature.</summary>
    public const string Sentry = "sentry";

    /// <summary>HMAC-SHA256 of the body in a header of the sender's choice, e.g. Jira's X-Hub-Signature.</summary>
    public const string Hmac = "hmac";

    /// <summary>Standard Webhooks 1.0.0: another team's, or our own webhook channel.</summary>
    public const string StandardWebhooks = "standard-webhooks";

    /// <summary>A token in a header, e.g. Alertmanager's <c>Authorization: Bearer</c>.</summary>
    public const string Bearer = "bearer";

    /// <summary>HTTP basic authentication, e.g. Grafana's contact points; each secret holds <c>user:password</c>.</summary>
    public const string Basic = "basic";

    public static readonly string[] All = [GitLab, GitHub, Sentry, Hmac, StandardWebhooks, Bearer, Basic];

    /// <summary>Kinds whose secrets are signing keys, never sent.</summary>
    public static bool Signs(string kind) => kind is GitHub or Sentry or Hmac or StandardWebhooks;

    /// <summary>The header that proves a delivery; for <c>gitlab</c> that of the token.</summary>
    public static string ProofHeader(SourceConfig source) => source.ProofHeader ?? source.Kind switch
    {
        GitLab => "x-gitlab-token",
        GitHub => "x-hub-signature-256",
        Sentry => "sentry-hook-signature",
        StandardWebhooks => Cki.StandardWebhooks.SignatureHeader,
        Bearer or Basic => "authorization",
        _ => throw new System.Diagnostics.UnreachableException($"a source of kind {source.Kind} has no header of its own"),
    };

    /// <summary>The header that names the event; null where the body tells or nothing does.</summary>
    public static string? EventHeader(SourceConfig source) => source.EventHeader ?? source.Kind switch
    {
        GitHub => "x-github-event",
        Sentry => "sentry-hook-resource",
        _ => null,
    };
}
