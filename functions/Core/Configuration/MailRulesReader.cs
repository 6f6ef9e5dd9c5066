using System.Text.RegularExpressions;

namespace Cki;

/// <summary>channels.yaml: who gets a copy of which mail.</summary>
internal static partial class MailRulesReader
{
    private const int RulesMax = 200;
    private const int NamesMax = 200;

    private static readonly string[] Ons = ["always", "change", "failure"];
    private static readonly string[] Roles = ["lists", "maintainers", "reviewers"];

    public static ReportOn On(this EntryReader entry, string field, ReportOn otherwise) =>
        (ReportOn)Array.IndexOf(Ons, entry.Choice(field, Ons, Ons[(int)otherwise]));

    public static IReadOnlyList<MailRule> Rules(EntryReader entry) => entry.Has("rules") ? entry.Entries("rules", RulesMax, (node, path) => Rule(new EntryReader(node, path, ConfigFields.MailRule, entry.Errors))) : [];

    public static MailMaintainers? Maintainers(EntryReader entry)
    {
        if (entry.Field("maintainers") is not { } node)
            return null;
        var inner = new EntryReader(node, entry.PathOf("maintainers"), ConfigFields.MailMaintainers, entry.Errors);
        string file = inner.Text("file") ?? "MAINTAINERS";
        if (file.Length > 200 || file.StartsWith('/') || file.Split('/').Any(s => s is "" or "." or ".."))
            inner.Wrong("file", "must be a path within the tree, such as MAINTAINERS");
        return new MailMaintainers([.. Names(inner, "roles", Roles, "lists").Select(r => char.ToUpperInvariant(r[0]))]) { On = inner.On("on", ReportOn.Failure), File = file };
    }

    public static MailAuthors? Authors(EntryReader entry)
    {
        if (entry.Field("authors") is not { } node)
            return null;
        var inner = new EntryReader(node, entry.PathOf("authors"), ConfigFields.MailAuthors, entry.Errors);
        string? trailer = inner.Text("trailer");
        if (trailer is not null && !Trailer().IsMatch(trailer))
            inner.Wrong("trailer", $"'{trailer}' is no name of a trailer, such as CKI-Report");
        if (trailer is null && !inner.Has("opted_in"))
            inner.Wrong("opted_in", "or trailer must say who asked for mails: authors are not mailed otherwise");
        return new MailAuthors(MailChannelReader.Addresses(inner, "opted_in"), trailer) { On = inner.On("on", ReportOn.Failure) };
    }

    private static MailRule Rule(EntryReader entry)
    {
        IReadOnlyList<string> to = MailChannelReader.Addresses(entry, "to");
        if (to.Count == 0)
            entry.Wrong("to", "must name at least one recipient");
        var rule = new MailRule(to)
        {
            Trees = Texts(entry, "trees"), Branches = Texts(entry, "branches"), Paths = Texts(entry, "paths"), Subsystems = Texts(entry, "subsystems"),
            On = entry.On("on", ReportOn.Always),
        };
        foreach ((string glob, string fault) in rule.Branches.Select(b => (b, RefGlobs.Fault(b))).Where(b => b.Item2 is not null).Select(b => (b.b, b.Item2!)))
            entry.Wrong("branches", $"'{glob}' {fault}");
        return rule;
    }

    private static IReadOnlyList<string> Texts(EntryReader entry, string field) =>
        entry.Scalars(field, NamesMax) is { Count: > 0 } all ? [.. all.Select(s => s.Text)] : [];

    private static IReadOnlyList<string> Names(EntryReader entry, string field, string[] known, string otherwise)
    {
        IReadOnlyList<string> names = Texts(entry, field);
        foreach (string wrong in names.Where(n => !known.Contains(n)))
            entry.Wrong(field, $"is '{wrong}', not one of {string.Join(", ", known)}");
        names = [.. names.Where(known.Contains)];
        return names.Count == 0 ? [otherwise] : names;
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]{0,39}\z")]
    private static partial Regex Trailer();
}
