using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("a\r\nBcc: b", "a Bcc: b")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\aend", "end")]
    [InlineData("\u001b]8;;https://x\u001b\\link", "link")]
    [InlineData("\u009b31mred", "red")]
    [InlineData("a\u202Eb\u2066c\u200bd\ufeffe", "abcde")]
    [InlineData("tab\tnul\0bell\a", "tab nul bell")]
    [InlineData("\u2028line\u2029par\u00a0nbsp", "line par nbsp")]
    [InlineData("\u001b", "")]
    [InlineData("\u001b[", "")]
    [InlineData("\u001b[31", "")]
    [InlineData("gcc says ‘ring’ — naïve 日本 🐧", "gcc says ‘ring’ — naïve 日本 🐧")]
    [InlineData(null, "")]
    public void A_line_is_one_harmless_line(string? raw, string clean) => Assert.Equal(clean, SafeText.Line(raw));

    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("a\ufffdb", SafeText.Line("a\ud800b"));

    [Fact]
    public void A_megabyte_becomes_a_line() => Assert.Equal(new string('x', 397) + "...", SafeText.Line(new string('x', 1 << 20)));

    [Fact]
    public void A_cut_never_splits_a_pair() => Assert.Equal("ab...", SafeText.Line("ab🐧🐧🐧🐧", 6));

    [Theory]
    [InlineData("https://gitlab.example/x?y=z", "https://gitlab.example/x?y=z")]
    [InlineData("https://gitlab.example/\"><b>", "https://gitlab.example/%22%3E%3Cb%3E")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("file:///etc/passwd", null)]
    [InlineData("//evil.example/x", null)]
    [InlineData("relative", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Only_web_addresses_become_links(string? raw, string? address) => Assert.Equal(address, SafeText.HttpAddress(raw));

    [Fact]
    public void Any_text_becomes_one_line_without_control_characters() => CsCheck.Check.Sample(
        CsCheck.Gen.String[CsCheck.Gen.Char, 0, 300],
        raw =>
        {
            string line = SafeText.Line(raw, 100);
            return line.Length <= 100 && !line.Any(char.IsControl) && line.EnumerateRunes().All(r => r.Value is not (>= 0x202A and <= 0x202E));
        });
}
