using Cki.Tool.Demo;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>The README's first command, as built.</summary>
public sealed class DemoTests
{
    [Theory]
    [InlineData]
    [InlineData("--outage")]
    public async Task Every_expectation_of_the_demo_holds(params string[] more)
    {
        await using var demo = new ChildProcess("dotnet", [Repository.Tool, "demo", .. more]);

        int code = await demo.ExitAsync(TimeSpan.FromMinutes(5));

        Assert.True(code == 0, demo.Output);
        Assert.DoesNotContain("BROKEN", demo.Output);
        Assert.Contains("[CKI] PASS demo/main", demo.Output);
        Assert.Contains("fs/ext4/inode.c:4211:9: error:", demo.Output);
    }

    [Fact]
    public void A_report_that_is_half_written_is_none_yet()
    {
        using var scratch = new Scratch();
        scratch.Write("a.final-1.txt", "whole");
        scratch.Write("b.final-1.txt.part", "ha");
        Assert.Equal(["whole"], new DemoFacts(null!, scratch.Path, null!, null!).Reports().Select(r => r.Text));
    }
}
