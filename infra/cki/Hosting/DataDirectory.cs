namespace Cki.Tool;

/// <summary>The directory of one installation: the engine's database and a lock that keeps a second <c>cki up</c> away.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream held;

    private DataDirectory(string directory, FileStream held)
    {
        this.held = held;
        Database = DatabaseIn(directory);
        IsNew = !File.Exists(Database);
    }

    public string Database { get; }

    /// <summary>No installation was here before.</summary>
    public bool IsNew { get; }

    public static string DatabaseIn(string directory) => Path.Combine(directory, "cki.db");

    /// <summary>Throws <see cref="BadInputException"/> when another process runs on it or it cannot be used.</summary>
    public static DataDirectory Take(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return new DataDirectory(directory, new FileStream(Path.Combine(directory, "cki.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"--data {directory}: cannot be taken ({e.Message}); is another cki up running on it?");
        }
    }

    public void Dispose() => held.Dispose();
}
