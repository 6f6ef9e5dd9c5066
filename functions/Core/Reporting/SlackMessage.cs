using System.Text;
using System.Text.Json.Nodes;

namespace Cki;

/// <summary>
/// A report or notice as Slack's Block Kit: the subject as header, the letter's paragraphs in code blocks, where mrkdwn means nothing, and the links. It keeps
/// Slack's limits whatever comes in (contracts.md, 7), and what was left out is said.
/// </summary>
public static class SlackMessage
{
    public const int HeaderMax = 150;
    public const int SectionMax = 3_000;
    public const int BlocksMax = 50;

    /// <summary>Of the top-level text, which notifications show; Slack takes 40,000.</summary>
    public const int TextMax = 3_000;

    /// <summary>Escaped characters in sections: undocumented, Slack refuses about 13,200 in all with <c>msg_blocks_too_long</c>.</summary>
    public const int SectionsMax = 9_000;

    /// <summary>Only an address is longer than 72 columns.</summary>
    private const int LineMax = 2_900;

    /// <summary>What <c>&amp;</c> becomes has five characters.</summary>
    private const int LongestEscape = 5;

    private const string Fence = "```";
    private const string Name = "[CKI] ";

    /// <summary>Ends the letter; what follows names its sender and its run.</summary>
    private const string Signature = "\n-- \n";

    public static JsonObject Of(OutgoingReport report)
    {
        string copy = report.MayBeCopy ? ChatText.Repeated : "";
        string subject = ChatText.Calm(SafeText.Line(ChatLine.Subject(report)));
        int signed = report.Text.LastIndexOf(Signature, StringComparison.Ordinal);
        var blocks = new JsonArray((JsonNode)Header(ChatText.Cut(Short(subject), HeaderMax - copy.Length) + copy));
        foreach (string code in CodeBlocks(signed < 0 ? report.Text : report.Text[..signed], IsLinked(report)))
            blocks.Add((JsonNode)Section(code));
        blocks.Add((JsonNode)Context(report, signed < 0 ? "" : report.Text[(signed + Signature.Length)..]));
        return new JsonObject
        {
            ["text"] = ChatText.Cut(Escape(subject), TextMax - copy.Length) + copy,
            ["blocks"] = blocks,
            ["mrkdwn"] = false,
            ["parse"] = "none",
            ["link_names"] = false,
            ["unfurl_links"] = false,
            ["unfurl_media"] = false,
        };
    }

    /// <summary>Slack's three control characters, as its manual wants them.</summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Short(string subject) => subject.StartsWith(Name, StringComparison.Ordinal) ? subject[Name.Length..] : subject;

    private static bool IsLinked(OutgoingReport report) => (report.Model?.BoardUrl ?? report.Model?.PipelineUrl) is not null;

    private static JsonObject Header(string text) =>
        new() { ["type"] = "header", ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = text, ["emoji"] = false } };

    private static JsonObject Section(string text) =>
        new() { ["type"] = "section", ["text"] = new JsonObject { ["type"] = "mrkdwn", ["text"] = text, ["verbatim"] = true } };

    private static JsonObject Context(OutgoingReport report, string signature)
    {
        var words = new List<string>();
        foreach ((string label, string? address) in new[] { ("Details", report.Model?.BoardUrl), ("Pipeline", report.Model?.PipelineUrl) })
        {
            if (address is not null)
                words.Add($"<{Escape(address).Replace("|", "%7C", StringComparison.Ordinal)}|{label}>");
        }
        words.Add(Escape(ChatText.Calm(SafeText.Line(signature.Length == 0 ? "CKI Serverless" : signature))));
        var elements = new JsonArray([.. words.Select(w => new JsonObject { ["type"] = "mrkdwn", ["text"] = w, ["verbatim"] = true })]);
        return new JsonObject { ["type"] = "context", ["elements"] = elements };
    }

    /// <summary>Whole lines as long as there is room; the rest is at the link.</summary>
    private static IEnumerable<string> CodeBlocks(string text, bool isLinked)
    {
        string left = isLinked ? "(cut here; all of it at the links below)" : "(cut here)";
        int room = SectionsMax - left.Length - 1;
        var block = new StringBuilder();
        foreach (string line in text.Trim('\n').Split('\n').Select(Quoted))
        {
            room -= line.Length + 1;
            string next = room < 0 ? left : line;
            if (block.Length + next.Length + (2 * Fence.Length) + 2 > SectionMax)
            {
                yield return Fenced(block);
                block.Clear();
            }
            block.Append(next).Append('\n');
            if (room < 0)
                break;
        }
        if (block.ToString().Trim().Length > 0)
            yield return Fenced(block);
    }

    /// <summary>A line of the letter, which is clean and keeps its columns; it cannot end the code block.</summary>
    private static string Quoted(string line)
    {
        string calm = ChatText.Calm(string.Concat(line.TrimEnd().Select(c => char.IsControl(c) ? ' ' : c))).Replace(Fence, "'''", StringComparison.Ordinal);
        string escaped = Escape(calm);
        return escaped.Length <= LineMax ? escaped : Escape(ChatText.Cut(calm, LineMax / LongestEscape));
    }

    private static string Fenced(StringBuilder block) => $"{Fence}\n{block.ToString().Trim('\n')}\n{Fence}";
}
