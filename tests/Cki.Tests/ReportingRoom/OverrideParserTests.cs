using System.Text;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class OverrideParserTests
{
    private static OverrideCommand[] Read(string note) => OverrideParser.Read(note, "cki-bot");

    public static TheoryData<string, OverrideCommand> Orders => new()
    {
        { "@cki-bot retry", new OverrideCommand.Retry(null) },
        { "@cki-bot retry boot x86_64", new OverrideCommand.Retry("boot x86_64") },
        { "@CKI-Bot: Retry `boot x86_64`", new OverrideCommand.Retry("boot x86_64") },
        { "Thanks!\r\n\r\n  @cki-bot retest please\r\nBye", new OverrideCommand.Retest() },
        { "@cki-bot,stop", new OverrideCommand.Stop() },
        { "@cki-bot wrong s390x:test", new OverrideCommand.Wrong("s390x:test", "") },
        { "@cki-bot wrong `boot x86_64` because the host lost its clock", new OverrideCommand.Wrong("boot x86_64", "the host lost its clock") },
        { "@cki-bot mute boot*", new OverrideCommand.Mute("boot*", TimeSpan.FromDays(30)) },
        { "@cki-bot mute \"boot *\" for 90d", new OverrideCommand.Mute("boot *", TimeSpan.FromDays(90)) },
        { "@cki-bot mute wait for me for 12h", new OverrideCommand.Mute("wait for me", TimeSpan.FromHours(12)) },
        { "@cki-bot", new OverrideCommand.Help() },
        { "@cki-bot help me", new OverrideCommand.Help() },
        { "@cki-bot rm -rf /", new OverrideCommand.Unknown("there is no order rm") },
        { "@cki-bot /close", new OverrideCommand.Unknown("there is no order /close") },
        { "@cki-bot wrong", new OverrideCommand.Unknown("wrong needs the name of a job") },
        { "@cki-bot mute", new OverrideCommand.Unknown("mute needs a pattern on names of jobs") },
        { "@cki-bot mute a for ever", new OverrideCommand.Unknown("'ever' is no duration such as 12h or 7d") },
        { "@cki-bot mute a for 91d", new OverrideCommand.Unknown("a mute lasts at most 90 days") },
        { "@cki-bot retry " + new string('x', 301), new OverrideCommand.Unknown("more than 300 characters follow the verb") },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void An_order_begins_a_line(string note, OverrideCommand command) => Assert.Equal([command], Read(note));

    [Fact]
    public void Every_order_of_a_note_is_read_in_its_order_and_once() => Assert.Equal(
        [new OverrideCommand.Retry("boot"), new OverrideCommand.Stop(), new OverrideCommand.Unknown("there is no order rm"), new OverrideCommand.Retry("test")],
        Read("Hello,\n@cki-bot retry boot\n> @cki-bot retest\n@cki-bot stop\n```\n@cki-bot mute *\n```\n@cki-bot retry `boot`\n@cki-bot rm -rf /\nthen @cki-bot retest\n@cki-bot retry test"));

    [Fact]
    public void Ten_orders_of_a_note_are_read_and_no_more()
    {
        OverrideCommand[] read = Read(string.Join('\n', Enumerable.Range(1, 400).Select(n => $"@cki-bot retry job {n}")));
        Assert.Equal(OverrideParser.OrdersMax + 1, read.Length);
        Assert.Equal(new OverrideCommand.Retry("job 10"), read[^2]);
        Assert.Equal(new OverrideCommand.Unknown("more than 10 orders stand in one note: what comes after them is not done"), read[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("please @cki-bot retest")]
    [InlineData("> @cki-bot retest")]
    [InlineData("@cki-bot2 retest")]
    [InlineData("@cki-bot-old retest")]
    [InlineData("@cki retest")]
    [InlineData("cki-bot retest")]
    [InlineData("    @cki-bot retest")]
    [InlineData("\t@cki-bot retest")]
    [InlineData("```\n@cki-bot retest\n```")]
    [InlineData("~~~~\n```\n@cki-bot retest\n~~~~")]
    [InlineData("<!-- cki:answer-1 -->\n`@cki-bot retest`")]
    public void Talk_quotes_and_code_are_no_orders(string note) => Assert.Empty(Read(note));

    [Fact]
    public void Nobody_is_addressed_where_the_bot_has_no_name() => Assert.Empty(OverrideParser.Read("@ retest", ""));

    /// <summary>Whatever people write is one of the orders, an unknown one, or nothing; and what is kept of it is one clean, short line.</summary>
    [Fact]
    public void Any_text_is_read_without_harm()
    {
        string[] pieces =
        [
            "@cki-bot ", "@cki-bot", "retry ", "retest", "stop", "wrong ", "mute ", " for ", " because ", "\n", "\r\n", "\u2028", "```", "~~~", "> ", "`", "\"", "9d", "-1d", "999999999999d",
            "\ud800", "\0", "\u001b[31m", "\u202e", "<!-- ", "/close", "@all", "$(id)", "; rm -rf /", new string('x', 400), "*", "?", "[", "  ", "é", "🐧",
        ];
        var dice = new SeededDice(6);
        for (int round = 0; round < 20_000; round++)
        {
            var note = new StringBuilder();
            for (ulong left = dice.Roll("n") % 12; left > 0; left--)
                note.Append(pieces[dice.Roll("p") % (ulong)pieces.Length]);
            OverrideCommand[] all = Read(note.ToString());
            string[] Kept(OverrideCommand read) => read switch
            {
                OverrideCommand.Retry { Job: { } job } => [job],
                OverrideCommand.Wrong wrong => [wrong.Job, wrong.Reason],
                OverrideCommand.Mute mute => [mute.Pattern],
                OverrideCommand.Unknown unknown => [unknown.Why],
                _ => [],
            };
            Assert.All(all.SelectMany(Kept), text => Assert.True(text.Length <= 310 && !text.Any(char.IsControl) && !text.Contains('\u202e'), $"round {round}: {text}"));
            Assert.All(all.OfType<OverrideCommand.Mute>(), mute => Assert.InRange(mute.For, TimeSpan.FromTicks(1), Mute.LongestFor));
            if (all.Length > 0)
                Assert.Contains("@cki-bot", note.ToString());
        }
    }
}
