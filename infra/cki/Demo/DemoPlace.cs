namespace Cki.Tool.Demo;

/// <summary>How the demo was asked to run.</summary>
internal sealed record DemoOptions(string Directory, bool Serve, bool Outage, bool Json);

/// <summary>The demo's directory: the user's, which stays, or a temporary one, which goes.</summary>
internal sealed class DemoPlace(string? wanted) : IDisposable
{
    public string Directory { get; } = wanted is null
        ? System.IO.Directory.CreateTempSubdirectory("cki-demo-").FullName
        : System.IO.Directory.CreateDirectory(wanted).FullName;

    public void Dispose()
    {
        if (wanted is null)
            System.IO.Directory.Delete(Directory, recursive: true);
    }
}
