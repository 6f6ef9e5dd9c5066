using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class SecretReading : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cki-secrets-").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_environment_comes_first()
    {
        _environment["CKI_SECRET_GITLAB_TOKEN"] = "from the environment";
        File.WriteAllText(Path.Combine(_directory, "gitlab-token"), "from the file");
        Assert.Equal("from the environment", await ReadAsync("gitlab-token"));
    }

    [Theory]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("two\nlines\n\n", "two\nlines\n")]
    public async Task A_file_counts_without_its_last_line_break(string content, string secret)
    {
        File.WriteAllText(Path.Combine(_directory, "hook"), content);
        Assert.Equal(secret, await ReadAsync("hook"));
    }

    [Fact]
    public async Task A_changed_file_counts_at_once()
    {
        File.WriteAllText(Path.Combine(_directory, "hook"), "old");
        var secrets = new EnvironmentSecrets(_directory, _environment.GetValueOrDefault);
        await secrets.GetAsync("hook", TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(_directory, "hook"), "new");
        Assert.Equal("new", await secrets.GetAsync("hook", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_exists_nowhere_is_null()
    {
        Assert.Null(await ReadAsync("gone"));
        Assert.Null(await new EnvironmentSecrets(null, _ => null).GetAsync("gone", TestContext.Current.CancellationToken));
        Assert.Null(await new EnvironmentSecrets(Path.Combine(_directory, "no"), _ => null).GetAsync("gone", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_cannot_be_read_is_unavailable_not_missing()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "folder"));
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => ReadAsync("folder"));
    }

    [Theory]
    [InlineData("../etc/passwd")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("")]
    public async Task A_name_never_leaves_the_directory(string name) =>
        await Assert.ThrowsAsync<SecretsUnavailableException>(() => ReadAsync(name));

    private Task<string?> ReadAsync(string name) =>
        new EnvironmentSecrets(_directory, _environment.GetValueOrDefault).GetAsync(name, TestContext.Current.CancellationToken);
}
