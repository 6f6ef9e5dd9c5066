using System.Text;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public sealed class BuildFactsTests
{
    private static readonly string[] s_stopped = ["make[5]: *** [scripts/Makefile.build:287: drivers/net/foo/bar.o] Error 1"];

    private static BuildFacts? Of(string job, string trace, params string[] quote)
    {
        var reader = new TraceReader();
        reader.Feed(Encoding.UTF8.GetBytes(trace));
        return BuildFacts.Of(job, reader.End(), quote);
    }

    [Fact]
    public void Compiler_configuration_architecture_and_target_are_read_from_what_the_job_printed() => Assert.Equal(
        new BuildFacts("gcc 14.2.0", "defconfig", "drivers/net/foo/bar.o", "arm64"),
        Of("build", "$ gcc --version\ngcc (GCC) 14.2.0\n$ make ARCH=arm64 defconfig\n$ make -j8 ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-\n", s_stopped));

    [Theory]
    [InlineData("clang version 18.1.8 (Fedora 18.1.8-1.fc40)", "clang 18.1.8")]
    [InlineData("aarch64-linux-gnu-gcc (Debian 14.2.0-19) 14.2.0", "gcc 14.2.0")]
    [InlineData("gcc: fatal error: no input files", null)]
    public void A_compiler_is_known_by_its_own_words(string line, string? compiler) => Assert.Equal(compiler, Of("x", line + "\n")?.Compiler);

    [Fact]
    public void A_configuration_may_stand_in_the_jobs_name() => Assert.Equal(new BuildFacts(null, "allmodconfig", null, null), Of("build arm64 allmodconfig", "hello\n"));

    [Fact]
    public void Nothing_is_guessed() => Assert.Null(Of("build arm64", "$ ./build.sh\n", "drivers/net/foo/bar.c:812:17: error: expected ';'"));

    [Theory]
    [InlineData("make[5]: *** [scripts/Makefile.build:287: drivers/net/foo/bar.o] Error 1", "drivers/net/foo/bar.o")]
    [InlineData("make[4]: *** [fs/ext4/inode.o] Error 1", "fs/ext4/inode.o")]
    [InlineData("make[2]: *** [/builds/x/Makefile:2003: .] Error 2", null)]
    [InlineData("make: *** [Makefile:248: __sub-make] Error 2", null)]
    [InlineData("make[1]: *** [x: $(reboot)/a.o] Error 1", null)]
    [InlineData("make[1]: *** [x: /etc/passwd.o] Error 1", null)]
    [InlineData("make[1]: *** [x: -f/evil.o] Error 1", null)]
    public void A_target_is_a_path_of_the_source_tree_and_nothing_else(string line, string? target) => Assert.Equal(target, BuildFacts.TargetOf(line));
}
