using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>Bad configuration: refused whole at the start, refused while running with the old one staying.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task Up_refuses_to_start_and_lists_every_error_with_file_and_line()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        scratch.Write("config/sources.yaml", "sources:\n  - name: gitlab\n    kind: gitlab\n    host: gitlab.tset\n    token_secrets: [gitlab-hook]\n    colour: blue\n");

        await using ChildProcess cki = CkiUp.Start(scratch);

        Assert.Equal(2, await cki.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("sources.yaml:4:", cki.Output);
        Assert.Contains("sources.yaml:6:", cki.Output);
    }

    [Fact]
    public async Task A_changed_file_that_is_bad_is_refused_the_old_one_stays_and_operators_are_told()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);
        string good = File.ReadAllText(scratch.In("config", "sources.yaml"));

        scratch.Write("config/sources.yaml", "sources: [");
        await Waiting.UntilAsync(() => Notices(scratch).Any(n => n.Contains("Configuration refused")), TimeSpan.FromSeconds(30), () => cki.Process.Output);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await DoorTests.PostAsync(cki, "{\"object_kind\":\"emoji\"}")).Status);

        scratch.Write("config/sources.yaml", good);
        // Operators hear of the end after ten quiet minutes (NoticeDecision); here it is enough that Reporting does.
        await Waiting.UntilAsync(() => cki.Process.Output.Contains("Notice config-refused: Configuration mended", StringComparison.Ordinal), TimeSpan.FromSeconds(30), () => cki.Process.Output);
    }

    [Fact]
    public async Task A_second_up_on_the_same_data_is_refused()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);

        await using ChildProcess second = CkiUp.Start(scratch);

        Assert.Equal(2, await second.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("is another cki up running on it?", second.Output);
    }

    [Fact]
    public async Task Sigterm_drains_and_ends_with_zero()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);

        cki.Process.Signal("TERM");

        Assert.Equal(0, await cki.Process.ExitAsync(TimeSpan.FromSeconds(40)));
        Assert.Contains("Stopped.", cki.Process.Output);
    }

    /// <summary>A poll waits for a git server that says nothing: a drain of many seconds, which nothing may cut short.</summary>
    [Fact]
    public async Task Sigterm_ends_with_zero_however_long_the_drain_takes()
    {
        using var scratch = new Scratch();
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), $"http://{silent.LocalEndpoint}/linux.git").Write(scratch);
        await using CkiUp cki = await CkiUp.StartAsync(scratch);
        using System.Net.Sockets.TcpClient poll = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        cki.Process.Signal("TERM");

        Assert.Equal(0, await cki.Process.ExitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("Stopped.", cki.Process.Output);
    }

    private static string[] Notices(Scratch scratch) =>
        Directory.Exists(scratch.In("notices")) ? [.. Directory.GetFiles(scratch.In("notices"), "*.txt").Select(File.ReadAllText)] : [];
}
