using System.Globalization;
using System.Text;
using System.Xml;

namespace Cki;

/// <summary><c>board/trees/{tree}.xml</c>: a tree's settled runs as an Atom feed (RFC 4287), newest first. Addresses are relative to where it was fetched.</summary>
public static class TreeFeed
{
    private const string Atom = "http://www.w3.org/2005/Atom";

    /// <summary>Ids are tags (RFC 4151) of a name that is nobody's: a board does not know its own address.</summary>
    private const string Tag = "tag:cki.invalid,2026:";

    private const int EntriesMax = 50;

    public static byte[] Of(BoardTree tree)
    {
        BoardEntry[] settled = [.. tree.Newest.Where(r => r is { Verdict: not null, SettledAt: not null }).OrderByDescending(r => r.SettledAt).Take(EntriesMax)];
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("feed", Atom);
            xml.WriteElementString("id", $"{Tag}trees/{tree.Tree}");
            xml.WriteElementString("title", $"CKI results of {tree.Tree}");
            xml.WriteElementString("updated", Time(settled.Length > 0 ? settled[0].SettledAt!.Value : DateTimeOffset.UnixEpoch));
            Link(xml, "self", $"{tree.Tree}.xml", "application/atom+xml");
            Link(xml, "alternate", $"{tree.Tree}.html", "text/html");
            xml.WriteStartElement("author");
            xml.WriteElementString("name", "CKI Serverless");
            xml.WriteEndElement();
            foreach (BoardEntry run in settled)
                Entry(xml, run);
            xml.WriteEndElement();
        }
        return bytes.ToArray();
    }

    private static void Entry(XmlWriter xml, BoardEntry run)
    {
        xml.WriteStartElement("entry");
        xml.WriteElementString("id", $"{Tag}runs/{run.Run}");
        xml.WriteElementString("title", $"{ReportWords.Of(run.Verdict!.Value)} {run.Tree}/{SafeText.Line(run.Branch)} {run.Sha.Short}");
        xml.WriteElementString("published", Time(run.DetectedAt));
        xml.WriteElementString("updated", Time(run.SettledAt!.Value));
        Link(xml, "alternate", $"../runs/{run.Run}.html", "text/html");
        xml.WriteElementString("summary", SafeText.Line($"{run.Title}{(run.Title is { Length: > 0 } ? ": " : "")}{run.Reason}"));
        xml.WriteEndElement();
    }

    private static void Link(XmlWriter xml, string rel, string href, string type)
    {
        xml.WriteStartElement("link");
        xml.WriteAttributeString("rel", rel);
        xml.WriteAttributeString("href", href);
        xml.WriteAttributeString("type", type);
        xml.WriteEndElement();
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
