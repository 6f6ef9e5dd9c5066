using System.Diagnostics;
using System.Net;
using Cki.Engine;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>A real file system of a few megabytes that really fills up, under a real <c>cki up</c>.</summary>
public sealed class FullDiskTests
{
    private const int DiskBytes = 6 << 20;

    private const int DeliveryBytes = 50_000;

    private const int MostThatFit = 5 + (DiskBytes / DeliveryBytes);

    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_full_disk_is_told_and_answered_503_and_costs_nothing_once_there_is_room()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch.In("data"));
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git") { TreeProject = "kernel/linux", PollInterval = "1d" }.Write(scratch);
        int accepted = 0;
        await using (CkiUp cki = await CkiUp.StartAsync(scratch))
        {
            for (; accepted < 5; accepted++)
                Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(cki, accepted)).Status);
            disk.Fill();
            // What the database had set aside for itself still takes some.
            while ((await PostAsync(cki, accepted)).Status == HttpStatusCode.Accepted)
                Assert.True(++accepted < MostThatFit, "the disk takes more than it has");
            for (int n = 0; n < 20; n++)
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "Neither archive nor queue took the delivery. Try again later.\n"), await PostAsync(cki, 100_000));

            string why = $"the disk that holds {scratch.In("data")} is full. Make room there: work goes on by itself, and nothing that was accepted is lost";
            (HttpStatusCode health, string said) = await GetAsync(cki, "/healthz");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, health);
            Assert.Matches($"^Since [0-9: -]+ UTC nothing can be written. The engine's database refused: {System.Text.RegularExpressions.Regex.Escape(why)}", said);
            Assert.Matches("(?m)^cki_engine_refusing.* 1$", (await GetAsync(cki, "/metrics")).Body);
            await cki.Process.LineAsync(line => line.Contains(why, StringComparison.Ordinal), s_soon);

            disk.MakeRoom();
            await Waiting.UntilAsync(async () => (await PostAsync(cki, accepted)).Status == HttpStatusCode.Accepted, s_soon, () => cki.Process.Output);
            accepted++;
            await Waiting.UntilAsync(async () => (await GetAsync(cki, "/healthz")).Status == HttpStatusCode.OK, s_soon, () => cki.Process.Output);
            Assert.Matches("(?m)^cki_engine_refusing.* 0$", (await GetAsync(cki, "/metrics")).Body);
            await Waiting.UntilAsync(async () => (await Store.KeysAsync(scratch, "notices/engine-storage-")).Count == 1, s_soon, () => cki.Process.Output);
            Assert.Equal(accepted, (await Store.KeysAsync(scratch, "deliveries/")).Count);
        }

        // Nothing is corrupt: it opens, is sound and goes on.
        using (EngineDatabase database = EngineDatabase.Open(scratch.In("data", "cki.db")))
            Assert.Equal("ok", database.QuickCheck());
        await using CkiUp again = await CkiUp.StartAsync(scratch);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(again, accepted)).Status);
        Assert.Equal(accepted + 1, (await Store.KeysAsync(scratch, "deliveries/")).Count);
    }

    [Fact]
    public async Task A_start_on_a_full_disk_names_the_directory_and_leaves()
    {
        using var scratch = new Scratch();
        using var disk = new SmallDisk(scratch.In("data"));
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git") { TreeProject = "kernel/linux", PollInterval = "1d" }.Write(scratch);
        disk.Fill();

        await using ChildProcess cki = CkiUp.Start(scratch);

        Assert.Equal(3, await cki.ExitAsync(s_soon));
        Assert.Contains($"cki: Cannot open the engine's database {scratch.In("data", "cki.db")}: the disk that holds {scratch.In("data")} is full. Make room there", cki.Output, StringComparison.Ordinal);
    }

    /// <summary>A push to a branch that nobody wants: it must be kept, and costs nothing more.</summary>
    private static Task<(HttpStatusCode Status, string Body)> PostAsync(CkiUp cki, int n) => DoorTests.PostAsync(
        cki,
        $$"""
        {"object_kind":"push","event_name":"push","before":"{{new string('0', 40)}}","after":"{{n:x40}}","ref":"refs/heads/other","checkout_sha":"{{n:x40}}",
        "project":{"id":1,"path_with_namespace":"kernel/linux","web_url":"http://127.0.0.1:9/kernel/linux"},"commits":[],"padding":"{{new string('x', DeliveryBytes)}}"}
        """,
        kind: "Push Hook");

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(CkiUp cki, string path)
    {
        using HttpResponseMessage response = await cki.Http.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Mounting needs root, which CI is.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly string directory;

        public SmallDisk(string directory)
        {
            this.directory = directory;
            Directory.CreateDirectory(directory);
            int code = Run("mount", "-t", "tmpfs", "-o", $"size={DiskBytes}", "tmpfs", directory);
            Assert.SkipWhen(code != 0, "a small file system cannot be mounted here: run the tests as root on a machine that may mount");
        }

        public void Fill()
        {
            using FileStream filler = File.Create(Path.Combine(directory, "filler"), bufferSize: 1);
            try
            {
                while (true)
                    filler.Write(new byte[4096]);
            }
            catch (IOException)
            {
                // Full.
            }
        }

        public void MakeRoom() => File.Delete(Path.Combine(directory, "filler"));

        public void Dispose() => Run("umount", "--lazy", directory);

        private static int Run(string command, params string[] arguments)
        {
            using Process process = Process.Start(command, arguments);
            process.WaitForExit();
            return process.ExitCode;
        }
    }
}
