namespace Cki;

/// <summary>Secrets by name: SSM SecureString, or environment and files. Never logged, never stored.</summary>
public interface ISecrets
{
    /// <summary>The secret's value, or null where none of that name exists.
    /// Throws <see cref="SecretsUnavailableException"/> when the source cannot be read and nothing is cached: callers answer 503, never 401.</summary>
    Task<string?> GetAsync(string name, CancellationToken cancellationToken);
}

public sealed class SecretsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
