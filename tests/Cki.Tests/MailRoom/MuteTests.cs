using System.Text;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class MuteTests
{
    private static readonly TreeName Tree = A.Tree().Name;
    private static readonly MuteLink Link = new("developers", Tree, "boot *", "jane@example.org", A.Noon.AddDays(90));
    private static readonly byte[] Key = Encoding.UTF8.GetBytes("0123456789abcdef");

    private static Mute AMute(string pattern = "*", string? address = null) => new(Tree, pattern, address, A.Noon, A.Noon.AddDays(7), "jane", "");

    private static bool IsSpared(Mute mute, string[] failing, string? address = null, double days = 1, string tree = "mainline") =>
        Mutes.Of([mute], new TreeName(tree), failing, address, A.Noon.AddDays(days)) is not null;

    [Fact]
    public void A_mute_of_everything_spares_a_pass_too_until_it_ends()
    {
        Assert.True(IsSpared(AMute(), []));
        Assert.True(IsSpared(AMute(), ["build x86_64"]));
        Assert.False(IsSpared(AMute(), ["build x86_64"], days: 7));
        Assert.False(IsSpared(AMute(), ["build x86_64"], days: -1));
        Assert.False(IsSpared(AMute(), ["build x86_64"], tree: "net-next"));
        Assert.True(IsSpared(AMute() with { Tree = null }, ["build x86_64"], tree: "net-next"));
    }

    [Theory]
    [InlineData("boot *", new[] { "boot arm64" }, true)]
    [InlineData("boot *", new[] { "boot arm64", "build arm64" }, false)]
    [InlineData("boot *", new[] { "child / boot arm64" }, true)]
    [InlineData("boot *", new string[0], false)]
    [InlineData("Boot *", new[] { "boot arm64" }, false)]
    public void A_mute_of_jobs_spares_what_fails_in_these_alone(string pattern, string[] failing, bool spares) => Assert.Equal(spares, IsSpared(AMute(pattern), failing));

    [Fact]
    public void Several_mutes_spare_together() =>
        Assert.NotNull(Mutes.Of([AMute("boot *"), AMute("build *")], Tree, ["boot arm64", "build arm64"], null, A.Noon));

    [Fact]
    public void A_mute_of_one_address_is_nobody_else_s()
    {
        Assert.True(IsSpared(AMute(address: "Jane@example.org"), [], "Jane Doe <jane@Example.org>"));
        Assert.False(IsSpared(AMute(address: "jane@example.org"), [], "joe@example.org"));
        Assert.False(IsSpared(AMute(address: "jane@example.org"), []));
        Assert.True(IsSpared(AMute(), [], "joe@example.org"));
    }

    [Fact]
    public void A_token_says_what_was_signed()
    {
        string token = Link.Token(Key);
        Assert.True(MuteLink.TryRead(token, out MuteLink? read));
        Assert.Equal(Link, read);
        Assert.True(MuteLink.IsGenuine(token, [Encoding.UTF8.GetBytes("another key of it"), Key]));
        Assert.Matches("^https://cki.example/door/mute/[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$", Link.Under(new Uri("https://cki.example/door/"), Key));
    }

    [Fact]
    public void No_changed_token_is_genuine()
    {
        string token = Link.Token(Key);
        for (int i = 0; i < token.Length; i++)
        {
            string changed = token[..i] + (token[i] == 'A' ? 'B' : 'A') + token[(i + 1)..];
            Assert.False(MuteLink.IsGenuine(changed, [Key]), $"character {i}");
        }
        Assert.False(MuteLink.IsGenuine(token, []));
        Assert.False(MuteLink.IsGenuine((Link with { Address = "joe@example.org" }).Token("fedcba9876543210"u8.ToArray()), [Key]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("!!!.???")]
    [InlineData("MQ.MQ")]
    public void What_is_no_token_is_read_as_none(string token)
    {
        Assert.False(MuteLink.TryRead(token, out _));
        Assert.False(MuteLink.IsGenuine(token, [Key]));
    }

    [Fact]
    public void A_line_break_in_a_name_makes_no_further_field()
    {
        string token = (Link with { Pattern = "boot\nother" }).Token(Key);
        Assert.True(MuteLink.TryRead(token, out MuteLink? read));
        Assert.Equal("boot other", read.Pattern);
    }

    [Fact]
    public void Short_keys_are_none() => Assert.Equal(["0123456789abcdef"], MuteLink.Keys("short 0123456789abcdef").Select(Encoding.UTF8.GetString));

    [Fact]
    public void The_words_say_until_when_by_whom_and_why() =>
        Assert.Equal(
            "muted until 2026-11-29 12:00Z by jane for jobs boot *: the lab moves", Mutes.Words(AMute("boot *") with { Reason = "the lab moves" }));
}
