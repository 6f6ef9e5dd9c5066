namespace Cki.EndToEnd.Tests;

/// <summary>Where the checkout and its built artefacts are.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

    /// <summary>The tool as built by the same build as these tests.</summary>
    public static string Tool => Path.Combine(Root, "artifacts", "bin", "cki", "release", "cki.dll");

    public static string Peers => Path.Combine(Root, "tests", "peers");

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "CkiServerless.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException($"no CkiServerless.sln above {AppContext.BaseDirectory}");
    }
}

/// <summary>A directory of one test, removed with it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cki-e2e-").FullName;

    public string In(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string name, string text)
    {
        string file = In(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
