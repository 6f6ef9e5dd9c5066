namespace Cki.WebhookIntake;

/// <summary>Whether a delivery is genuine.</summary>
internal abstract record Genuineness
{
    private Genuineness() { }

    public sealed record Genuine : Genuineness;

    public sealed record Wrong(string Reason) : Genuineness;

    /// <summary>A secret that could tell was not readable: 503, never 401.</summary>
    public sealed record Unknown : Genuineness;
}

/// <summary>Reads the secrets that can tell, and asks <see cref="DeliveryProof"/>.</summary>
internal static class ProofDesk
{
    /// <param name="read">Reads one secret: null when there is none of that name; throws when its source does not answer.</param>
    /// <param name="failed">Told of each secret that could not be read or does not exist.</param>
    public static async Task<Genuineness> CheckAsync(
        SourceConfig source, DoorRequest request, DateTimeOffset now, Func<string, Task<string?>> read, Action<string, Exception?> failed)
    {
        var secrets = new List<string>();
        bool isAnyUnreadable = false;
        IReadOnlyList<string> names = DeliveryProof.SecretsFor(source, request.Headers);
        foreach (string name in names)
        {
            try
            {
                string? secret = await read(name);
                if (string.IsNullOrEmpty(secret))
                    failed(name, null);
                else
                    secrets.Add(secret);
            }
            catch (Exception e) when (e is SecretsUnavailableException or OperationCanceledException)
            {
                failed(name, e);
                isAnyUnreadable = true;
            }
        }
        string? wrong = DeliveryProof.WhyNot(source, request.Headers, request.Body.Span, secrets, now);
        if (wrong is null)
            return new Genuineness.Genuine();
        bool couldTell = names.Count == 0 || (secrets.Count > 0 && !isAnyUnreadable);
        return couldTell ? new Genuineness.Wrong(wrong) : new Genuineness.Unknown();
    }
}
