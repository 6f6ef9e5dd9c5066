using Cki.Adapters;

namespace Cki.Tests.ConfigurationRooms;

/// <summary>A directory with four good files; tests put others in their place.</summary>
public abstract class ConfigRoom : IDisposable
{
    protected ConfigRoom()
    {
        Put("trees.yaml", Trees());
        Put("sources.yaml", "sources: []\n");
        Put("channels.yaml", "channels: []\n");
        Put("matchers.yaml", "matchers: []\n");
    }

    protected string Folder { get; } = Directory.CreateTempSubdirectory("cki-config-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected const string Hosts =
        """
        hosts:
          - name: gitlab.example
            url: https://gitlab.example
            token_secret: gitlab-token
            bot_user: cki-bot

        """;

    /// <summary>One host and one tree; <paramref name="tree"/> and <paramref name="pipeline"/> are further lines of theirs.</summary>
    protected static string Trees(string tree = "", string pipeline = "") =>
        $"""
        {Hosts}trees:
          - name: mainline
            url: https://git.example/linux.git
            pipeline:
              project: gitlab.example/cki/pipelines
              ref: main
              {pipeline}
            {tree}
        """;

    protected void Put(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    protected SuiteConfig Good() => ConfigDirectory.Load(Folder);

    /// <summary>One line per error.</summary>
    protected string[] Errors() => ConfigDirectory.Read(Folder) is ConfigReading.Bad bad ? [.. bad.Errors.Select(e => e.ToString())] : [];

    protected static string RepositoryFolder(string path)
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "CkiServerless.sln")))
            at = at.Parent;
        return Path.Combine(at!.FullName, path);
    }
}
