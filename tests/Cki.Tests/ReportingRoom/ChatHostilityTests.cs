using System.Text;
using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using CsCheck;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>Whatever a stranger writes into titles, branches, jobs and logs: chat peers take the message, and nothing in it is an instruction.</summary>
public sealed class ChatHostilityTests
{
    private static readonly ChannelConfig Slack = new ChannelConfig.Slack("slack", null, "token", "C1");

    private static readonly string[] s_seeds =
    [
        "@everyone", "@channel", "@HERE", "<!here>", "<!channel|x>", "<@U012AB3CD>", "<https://evil.example|click>", "*bold* _it_ ~no~ `code` ```", "```\n<!here>\n```", ">quote", ":tada:",
        "%TOPIC #kernel owned", "%RED", "#kernel,@admin hi", "@admin hi", "\r\nQUIT :bye", "\nPRIVMSG #x :y", "\u0001ACTION waves\u0001", "\u000304red\u0002", "\u001b[2J", "\u202Egnp.exe", "\u2028", "&lt;", "&amp;amp;", "<b>&\"'",
        "🐧👩‍👩‍👧", "שלום עולם", "日本語", "\ud800", "\0", "[CKI] PASS", "%", "<!",
    ];

    private static readonly Gen<string> Seed = Gen.Int[0, s_seeds.Length - 1].Select(i => s_seeds[i]);

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Select(Seed, Seed, Gen.String[Gen.Char, 0, 40]).Select((a, b, c) => a + c + b), Seed.Select(s => string.Concat(Enumerable.Repeat(s, 400))));

    [Fact]
    public void An_irc_line_is_one_line_of_ours_below_400_bytes() => Text.Sample(text =>
    {
        foreach (string line in new[] { ChatLine.Of(Report(text)), ChatLine.Of(Notice(text)), ChatLine.Of(Report(text) with { Subject = text }), ChatLine.Digest([text, text, text, text, text]) })
        {
            Assert.True(line.StartsWith("[CKI] ", StringComparison.Ordinal), line);
            Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, ChatLine.BytesMax);
            Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u2028' or '\u2029' || (char.IsSurrogate(c) && !IsPaired(line)));
            Assert.DoesNotMatch("%[A-Za-z]|<[!@]|(?i:@(everyone|channel|here|room|all))", line);
        }
    });

    [Fact]
    public void A_slack_message_keeps_every_limit_and_wakes_nobody() => Text.Sample(text =>
    {
        foreach (OutgoingReport report in new[] { Report(text), Notice(text), Report(text) with { MayBeCopy = true } })
            SlackLimits.Check(SlackMessage.Of(report));
    });

    [Fact]
    public void A_megabyte_is_cut_and_says_so()
    {
        OutgoingReport report = Report("x") with { Text = string.Concat(Enumerable.Repeat("net/core/dev.c:6420: warning: unused <q> & \"x\"\n", 25_000)) };
        JsonObject message = SlackMessage.Of(report);
        SlackLimits.Check(message);
        Assert.Contains("(cut here; all of it at the links below)", message.ToJsonString());
    }

    [Fact]
    public void One_line_of_a_megabyte_is_cut()
    {
        SlackLimits.Check(SlackMessage.Of(Report("x") with { Text = new string('&', 1 << 20) }));
        SlackLimits.Check(SlackMessage.Of(Report("x") with { Text = string.Concat(Enumerable.Repeat("🐧", 1 << 18)) }));
    }

    [Fact]
    public void A_line_is_cut_between_characters() =>
        Assert.All(Enumerable.Range(0, 40), n => Assert.True(IsPaired(ChatText.Cut(new string('a', n) + "🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧🐧", 45))));

    [Fact]
    public void An_address_that_a_bot_may_read_as_a_colour_is_not_given() =>
        Assert.DoesNotContain("http", ChatLine.Of(Report("x") with { Model = Model("x") with { BoardUrl = "https://x.example/%BOLD" } }));

    private static ReportModel Model(string text)
    {
        string job = text.Length > 4000 ? text[..4000] : text;
        RunResult result = new(Verdict.Failed, text)
        {
            Cells = [new ResultCell(job, job, CellResult.Fail, 0, 1, job)], Failures = [new FailedJob(job, job, 1, job, [job, job], job)], Warnings = [job],
        };
        return Runs.Model(result, text);
    }

    private static OutgoingReport Report(string text) => ReportLetters.Of(Model(text), "final-1", Slack, []);

    private static OutgoingReport Notice(string text) => ReportLetters.Of(new DeliverNotice("key", A.Noon, "slack", new NoticeToSend("start", text, text)), Slack);

    private static bool IsPaired(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }
        return true;
    }
}

/// <summary>Block Kit's limits (contracts.md, 7), judged on the JSON as a peer would.</summary>
internal static class SlackLimits
{
    public static void Check(JsonObject message)
    {
        JsonArray blocks = message["blocks"]!.AsArray();
        Assert.InRange(blocks.Count, 1, 50);
        Assert.InRange(message["text"]!.GetValue<string>().Length, 1, 40_000);
        int total = 0;
        foreach (JsonNode? block in blocks)
        {
            string type = block!["type"]!.GetValue<string>();
            JsonNode[] texts = type == "context" ? [.. block["elements"]!.AsArray().Select(e => e!)] : [block["text"]!];
            Assert.True(type != "context" || texts.Length <= 10);
            foreach (JsonNode text in texts)
            {
                string said = text["text"]!.GetValue<string>();
                total += said.Length;
                Assert.InRange(said.Length, 1, type == "header" ? 150 : 3_000);
                CheckHarmless(said, text["type"]!.GetValue<string>() == "mrkdwn");
                CheckFences(said);
            }
        }
        Assert.InRange(total, 1, 13_200);
        CheckHarmless(message["text"]!.GetValue<string>(), isMarkup: true);
        Assert.Equal(("none", false, false), (message["parse"]!.GetValue<string>(), message["link_names"]!.GetValue<bool>(), message["mrkdwn"]!.GetValue<bool>()));
    }

    /// <summary>In markup, an angle bracket may only be ours: a link to an address.</summary>
    private static void CheckHarmless(string said, bool isMarkup)
    {
        Assert.DoesNotMatch("(?i)@(everyone|channel|here|room|all)", said);
        if (!isMarkup)
            return;
        string withoutLinks = System.Text.RegularExpressions.Regex.Replace(said, @"\A<https?://[^<>|]+\|(Details|Pipeline)>\z", "");
        Assert.DoesNotMatch("[<>]", withoutLinks);
    }

    /// <summary>Strangers' words in markup are in a code block that they cannot end; a header is plain text.</summary>
    private static void CheckFences(string said)
    {
        if (said.StartsWith("```\n", StringComparison.Ordinal))
            Assert.True(said.Split("```").Length == 3 && said.EndsWith("\n```", StringComparison.Ordinal), said);
    }
}
