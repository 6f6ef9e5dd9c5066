using Cki.Adapters;
using Cki.Tool;
using Microsoft.Extensions.Logging;

namespace Cki.Simulation.Tests;

public static partial class FaultCases
{
    /// <summary>The files that <c>cki up</c> reads every other second; the world's own configuration stays as it is.</summary>
    private static FaultCase BadConfiguration() => new("up", "Configuration refused: ", Minutes(3))
    {
        BeginAsync = async stage =>
        {
            var files = new ConfigFiles(stage);
            stage.Left.Add(files);
            await File.WriteAllTextAsync(files.Sources, "sources: [");
        },
        MendAsync = stage => stage.Left.OfType<ConfigFiles>().Single().MendAsync(),
    };

    private sealed class ConfigFiles : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("cki-faults").FullName;
        private readonly string good;
        private readonly CancellationTokenSource stopping = new();
        private readonly Task reloading;

        public ConfigFiles(FaultStage stage)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Config")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            good = File.ReadAllText(Sources);
            Life life = stage.Simulation.Outside;
            ILogger log = new TraceLogs(life).CreateLogger("cki.engine");
            reloading = new ConfigReloading(new ConfigWatch(folder), stage.Installation.Ports(stage.Engine, life), log).RunAsync(stopping.Token);
            // Each look reads all files: two minutes after the mending are enough.
            stage.Simulation.Schedule(Minutes(5), life, stopping.Cancel);
        }

        public string Sources => Path.Combine(folder, "sources.yaml");

        public Task MendAsync() => File.WriteAllTextAsync(Sources, good);

        public void Dispose()
        {
            stopping.Cancel();
            _ = reloading.Exception;
            stopping.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
