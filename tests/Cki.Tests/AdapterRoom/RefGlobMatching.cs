using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class RefGlobMatching
{
    [Theory]
    [InlineData("main", "main", true)]
    [InlineData("main", "main2", false)]
    [InlineData("main", "x/main", false)]
    [InlineData("release/*", "release/6.1", true)]
    [InlineData("release/*", "release/6.1/rc", false)]
    [InlineData("release/*", "release/", true)]
    [InlineData("release/**", "release/6.1/rc", true)]
    [InlineData("**/fixes", "net/a/fixes", true)]
    [InlineData("**/fixes", "fixes", false)]
    [InlineData("v*.*", "v6.1", true)]
    [InlineData("v*.*", "v6", false)]
    [InlineData("*", "a/b", false)]
    [InlineData("**", "a/b", true)]
    public void A_star_stays_within_a_segment_and_two_cross(string glob, string name, bool matches) =>
        Assert.Equal(matches, new RefGlobs([glob]).Matches(name));

    [Theory]
    [InlineData("main", true)]
    [InlineData("wip/x", false)]
    [InlineData("wip/ci", true)]
    public void The_last_glob_that_matches_decides(string name, bool wanted) =>
        Assert.Equal(wanted, new RefGlobs(["**", "!wip/**", "wip/ci"]).Matches(name));

    [Fact]
    public void Exclusions_alone_want_nothing()
    {
        Assert.False(new RefGlobs(["!wip/**"]).Matches("main"));
        Assert.Empty(new RefGlobs(["!wip/**"]).LiteralPrefixes());
    }

    [Fact]
    public void Literal_prefixes_cover_each_other() =>
        Assert.Equal(["main", "rel"], new RefGlobs(["release/*", "rel*", "main", "!x/*", "main"]).LiteralPrefixes());

    [Fact]
    public void A_leading_star_asks_for_everything() => Assert.Equal([""], new RefGlobs(["main", "**/fixes"]).LiteralPrefixes());

    [Fact]
    public void A_hostile_name_takes_no_time() =>
        Assert.False(new RefGlobs([string.Concat(Enumerable.Repeat("*a", 50)) + "!"]).Matches(new string('a', 5000)));
}
