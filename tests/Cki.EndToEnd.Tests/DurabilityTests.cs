using System.Net;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>What kill -9 cannot prove: that an accepted delivery is on the disk, not only with the kernel.</summary>
public sealed class DurabilityTests
{
    [Fact]
    public async Task An_fdatasync_is_seen_before_each_202()
    {
        using var scratch = new Scratch();
        new SuiteFiles(new Uri("http://127.0.0.1:9/"), "http://127.0.0.1:9/linux.git") { PollInterval = "1d" }.Write(scratch);
        string calls = scratch.In("strace.txt");
        string[] strace = ["strace", "-f", "-e", "trace=fdatasync,fsync,sendto,sendmsg,write", "-s", "40", "-o", calls];
        await using (CkiUp cki = await CkiUp.StartAsync(scratch, under: strace))
        {
            for (int n = 0; n < 5; n++)
                Assert.Equal(HttpStatusCode.Accepted, (await DoorTests.PostAsync(cki, $"{{\"object_kind\":\"emoji\",\"n\":{n}}}")).Status);
        }

        int synced = 0, answers = 0;
        foreach (string line in File.ReadLines(calls))
        {
            if (line.Contains("sync(", StringComparison.Ordinal) || line.Contains("sync resumed", StringComparison.Ordinal))
                synced++;
            if (!line.Contains("HTTP/1.1 202", StringComparison.Ordinal))
                continue;
            answers++;
            Assert.True(synced > 0, $"answer {answers} was sent with no sync since the one before: {line}");
            synced = 0;
        }
        Assert.Equal(5, answers);
    }
}
