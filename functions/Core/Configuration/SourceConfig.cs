namespace Cki;

/// <summary>sources.yaml: who may post webhooks to <c>/webhooks/{name}</c>, and how he proves that it is he.</summary>
/// <param name="Kind">One of <see cref="SourceKinds"/>.</param>
/// <param name="Host">For <c>gitlab</c>: which configured GitLab it speaks for. Else the first word(s) of its routing keys; empty: the name.</param>
/// <param name="TokenSecrets">Names of the secrets any of which a token sent in the clear must equal; several during rotation.</param>
public sealed record SourceConfig(string Name, string Kind, string Host, IReadOnlyList<string> TokenSecrets)
{
    /// <summary>Names of the secrets that hold signing keys; several during rotation.</summary>
    public IReadOnlyList<string> SigningSecrets { get; init; } = [];

    /// <summary>Header with the signature (<c>hmac</c>) or token (<c>bearer</c>), lower case; null: the kind's own.</summary>
    public string? ProofHeader { get; init; }

    /// <summary>What stands before the signature (<c>hmac</c>), e.g. <c>sha256=</c>.</summary>
    public string ProofPrefix { get; init; } = "";

    /// <summary>The signature is base64 instead of hex (<c>hmac</c>).</summary>
    public bool IsBase64 { get; init; }

    /// <summary>Header that names the event, lower case, for routing keys; null: the kind's own, or none.</summary>
    public string? EventHeader { get; init; }

    /// <summary>Its deliveries are alerts as Alertmanager and Grafana post them (<see cref="AlertsPayload"/>): operators get each as a notice.</summary>
    public bool SendsAlerts { get; init; }
}
