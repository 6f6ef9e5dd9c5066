using Cki.Adapters;
using Cki.Tests.Doubles;
using Cki.Tool;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.ToolRooms;

public sealed class ConfigReloadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cki-reloading").FullName;
    private readonly InMemoryPorts _ports = new();
    private readonly CancellationTokenSource _stopping = new();

    public ConfigReloadingTests()
    {
        foreach (string file in Directory.EnumerateFiles(Checkout.Path("tests/Cki.Simulation.Tests/Config")))
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(_folder, "matchers.yaml"), "matchers: []\n");
    }

    public void Dispose()
    {
        _stopping.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_an_earlier_process_refused_is_told_to_be_over_by_one_that_starts_with_good_files()
    {
        _ports.Store.Set(NoticeState.KeyOf("config-refused"), new NoticeState("config-refused", "Configuration refused: 1 error(s)", A.Noon, A.Noon, null, 1), DocumentJson.Default.NoticeState);
        await LookAsync();
        Assert.Equal([new NoticeRaised("config-refused", "Configuration mended", "The files are good again and in force.", Recovered: true)], _ports.Queue.Messages<NoticeRaised>());
    }

    [Fact]
    public async Task Good_files_are_told_of_by_nobody_where_none_were_refused()
    {
        await LookAsync();
        Assert.Empty(_ports.Queue.Messages<NoticeRaised>());
    }

    private async Task LookAsync()
    {
        Task reloading = new ConfigReloading(new ConfigWatch(_folder), _ports.Ports, NullLogger.Instance).RunAsync(_stopping.Token);
        for (int look = 0; look < 3; look++)
        {
            _ports.Clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reloading);
    }
}
