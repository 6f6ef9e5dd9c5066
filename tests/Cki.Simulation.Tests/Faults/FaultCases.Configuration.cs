using Cki.Adapters;
using Cki.Tool;
using Microsoft.Extensions.Logging;

namespace Cki.Simulation.Tests;

public static partial class FaultCases
{
    /// <summary>The files that <c>cki up</c> reads every other second; the world's own configuration stays as it is.</summary>
    private static FaultCase BadConfiguration() => new("up", "Configuration refused: ", Minutes(2))
    {
        BeginAsync = stage =>
        {
            var files = new ConfigFiles(stage);
            stage.Left.Add(files);
            File.WriteAllText(files.Sources, "sources: [");
            return Task.CompletedTask;
        },
        MendAsync = stage =>
        {
            stage.Left.OfType<ConfigFiles>().Single().Mend();
            return Task.CompletedTask;
        },
    };

    private sealed class ConfigFiles : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("cki-faults").FullName;
        private readonly string good;
        private readonly CancellationTokenSource stopping = new();
        private readonly Task reloading;

        public ConfigFiles(FaultStage stage)
        {
            // Without matchers: their patterns are compiled at each look, and the other files are enough.
            foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Config")).Where(file => Path.GetFileName(file) != "matchers.yaml"))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            File.WriteAllText(Path.Combine(folder, "matchers.yaml"), "matchers: []\n");
            good = File.ReadAllText(Sources);
            Life life = stage.Simulation.Outside;
            ILogger log = new TraceLogs(life).CreateLogger("cki.engine");
            reloading = new ConfigReloading(new ConfigWatch(folder), stage.Installation.Ports(stage.Installation.Opened!, life), log).RunAsync(stopping.Token);
            // Each look reads all files: a minute after the mending is enough.
            stage.Simulation.Schedule(Minutes(3), life, stopping.Cancel);
        }

        public string Sources => Path.Combine(folder, "sources.yaml");

        public void Mend() => File.WriteAllText(Sources, good);

        public void Dispose()
        {
            stopping.Cancel();
            _ = reloading.Exception;
            stopping.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
