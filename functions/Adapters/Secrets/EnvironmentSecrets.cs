using System.Text;

namespace Cki.Adapters;

/// <summary>
/// Secrets of an installation on one machine: environment variable <c>CKI_SECRET_GITLAB_TOKEN</c> for secret <c>gitlab-token</c>, or a file
/// <c>gitlab-token</c> in the directory. The file is read each time, so that a changed one counts at once; one trailing line break is not part of it.
/// </summary>
/// <param name="directory">Null: environment only.</param>
/// <param name="environment">Reads one variable; null where it is not set.</param>
public sealed class EnvironmentSecrets(string? directory, Func<string, string?> environment) : ISecrets
{
    private const int BytesMax = 64 << 10;

    public static string VariableOf(string name) => $"CKI_SECRET_{name.ToUpperInvariant().Replace('-', '_')}";

    public async Task<string?> GetAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length == 0 || name.StartsWith('.') || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
            throw new SecretsUnavailableException($"'{name}' is no name of a secret (letters, digits, - _ .)");
        if (environment(VariableOf(name)) is { Length: > 0 } value)
            return value;
        return directory is null ? null : await FromFileAsync(name, directory, cancellationToken);
    }

    private static async Task<string?> FromFileAsync(string name, string directory, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(Path.Combine(directory, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (file.Length > BytesMax)
                throw new SecretsUnavailableException($"Secret '{name}' is longer than {BytesMax >> 10} KiB");
            using var reader = new StreamReader(file, Encoding.UTF8);
            string text = await reader.ReadToEndAsync(cancellationToken);
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SecretsUnavailableException($"Secret '{name}' cannot be read: {e.Message}", e);
        }
    }
}
