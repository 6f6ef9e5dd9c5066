using Xunit;

namespace Cki.Tests.MailRooms;

/// <summary>The kernel's file, as its own head describes it.</summary>
public sealed class MaintainersTests
{
    internal const string File =
        """
        List of maintainers
        ===================

        Descriptions of section entries and preferred order
        ---------------------------------------------------

        	M: *Mail* patches to: FullName <address@domain>
        	F: *Files* and directories wildcard patterns.

        Maintainers List
        ----------------
        3C59X NETWORK DRIVER
        M:	Steffen Klassert <klassert@kernel.org>
        L:	netdev@vger.kernel.org
        S:	Odd Fixes
        F:	Documentation/networking/device_drivers/ethernet/3com/vortex.rst
        F:	drivers/net/ethernet/3com/3c59x.c

        EXT4 FILE SYSTEM
        M:	"Theodore Ts'o" <tytso@mit.edu>
        R:	Jan Kara <jack@suse.cz>
        L:	linux-ext4@vger.kernel.org
        F:	fs/ext4/
        F:	include/trace/events/ext4.h
        X:	fs/ext4/verity.c

        TEGRA ARCHITECTURE SUPPORT
        M:	Thierry Reding <thierry.reding@gmail.com>
        L:	linux-tegra@vger.kernel.org (moderated for non-subscribers)
        L:	tegra-internal@example.org (subscribers-only)
        N:	[^a-z]tegra
        N:	(?<look)behind

        THE REST
        M:	Linus Torvalds <torvalds@linux-foundation.org>
        L:	linux-kernel@vger.kernel.org
        F:	*
        F:	*/
        """;

    [Theory]
    [InlineData("drivers/net/", "drivers/net/foo.c", true)]
    [InlineData("drivers/net/", "drivers/net/a/b/foo.c", true)]
    [InlineData("drivers/net/", "drivers/network.c", false)]
    [InlineData("drivers/net/*", "drivers/net/foo.c", true)]
    [InlineData("drivers/net/*", "drivers/net/a/foo.c", false)]
    [InlineData("*/net/*", "drivers/net/foo.c", true)]
    [InlineData("*/net/*", "net/foo.c", false)]
    [InlineData("*/net/*", "drivers/x/net/foo.c", false)]
    [InlineData("arch/*/kvm/", "arch/x86/kvm/mmu/tdp.c", true)]
    [InlineData("arch/*/kvm/", "arch/x86/boot/kvm.c", false)]
    [InlineData("fs/**/*foo*.c", "fs/ext4/a/xfoox.c", true)]
    [InlineData("fs/**/*foo*.c", "fs/ext4/bar.c", false)]
    [InlineData("fs/ext4", "fs/ext4/inode.c", true)]
    [InlineData("fs/ext4", "fs/ext4dev/inode.c", false)]
    [InlineData("mm/sl?b.c", "mm/slub.c", true)]
    [InlineData("mm/sl?b.c", "mm/sl/b.c", false)]
    [InlineData("include/linux/mm.h", "include/linux/mm.h", true)]
    [InlineData("include/linux/mm.h", "include/linux/mm_types.h", false)]
    [InlineData("a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_pattern_takes_files_as_the_file_s_head_says(string pattern, string path, bool takes) =>
        Assert.Equal(takes, MaintainersGlob.Matches(pattern, path));

    [Fact]
    public void Sections_are_read_with_people_and_patterns()
    {
        IReadOnlyList<MaintainersSection> sections = Maintainers.Parse(File).Sections;
        Assert.Equal(["3C59X NETWORK DRIVER", "EXT4 FILE SYSTEM", "TEGRA ARCHITECTURE SUPPORT", "THE REST"], sections.Select(s => s.Title));
        Assert.Equal(
            [new MaintainersPerson('M', "tytso@mit.edu"), new MaintainersPerson('R', "jack@suse.cz"), new MaintainersPerson('L', "linux-ext4@vger.kernel.org")], sections[1].People);
        Assert.Equal(["fs/ext4/", "include/trace/events/ext4.h", "not", "fs/ext4/verity.c"], [.. sections[1].Files, "not", .. sections[1].Excluded]);
    }

    [Fact]
    public void A_list_for_subscribers_only_is_nobody_to_write_to() =>
        Assert.Equal(["thierry.reding@gmail.com", "linux-tegra@vger.kernel.org"], Maintainers.Parse(File).Sections[2].People.Select(p => p.Address));

    [Theory]
    [InlineData("fs/ext4/inode.c", "EXT4 FILE SYSTEM")]
    [InlineData("fs/ext4/verity.c", "")]
    [InlineData("drivers/soc/tegra/pmc.c", "TEGRA ARCHITECTURE SUPPORT")]
    [InlineData("drivers/integrator.c", "")]
    [InlineData("Makefile", "")]
    public void A_file_belongs_to_those_who_look_after_it_and_never_to_the_rest(string file, string sections) =>
        Assert.Equal(sections, string.Join(", ", Maintainers.Parse(File).Of([file]).Select(s => s.Title)));

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0")]
    [InlineData("M:\nF:\nX:\nN: (((\n")]
    [InlineData("TITLE\nN: [\nF: \u202e***\nM: \r\nBcc: x@example.org\n")]
    public void Whatever_is_no_section_is_passed_over(string text) => Assert.All(Maintainers.Parse(text).Sections, s => Assert.False(s.Covers("fs/ext4/inode.c")));
}
