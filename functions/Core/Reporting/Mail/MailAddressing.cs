using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>What a mail's recipients are picked by, beside the report.</summary>
public sealed record MailFacts
{
    public static readonly MailFacts None = new();

    /// <summary>Verdict of the branch's run before; null: none, or not known.</summary>
    public Verdict? Before { get; init; }

    /// <summary>Files that the commits since the head before changed; null: not known.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    public Maintainers? Maintainers { get; init; }

    /// <summary>Who wrote the commit under test; null: not known.</summary>
    public string? AuthorAddress { get; init; }

    /// <summary>The commit's message, whole; null: not known.</summary>
    public string? CommitMessage { get; init; }

    /// <summary>Marks (<see cref="MailAddressing.Mark"/>) of who got an earlier report of the run: they get what follows, whatever it says.</summary>
    public IReadOnlyCollection<string> Readers { get; init; } = [];

    /// <summary>What could not be learned, for the delivery's note.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];
}

/// <summary>Who gets one mail.</summary>
/// <param name="To">As written in the configuration, names included.</param>
/// <param name="Lists">Those of them that MAINTAINERS calls lists: nobody on a list decides for the others.</param>
public sealed record MailEnvelope(IReadOnlyList<string> To, IReadOnlyList<string> Cc, IReadOnlySet<string> Lists)
{
    /// <summary>By bare address (<see cref="MailAddressing.Bare"/>), where each gets a copy of its own with this link to stop them; null: one mail for all.</summary>
    public IReadOnlyDictionary<string, MuteAddresses>? Mutes { get; init; }

    public IEnumerable<string> All => To.Concat(Cc);
}

/// <summary>Web addresses that stop mails to one recipient.</summary>
/// <param name="Everything">All of the tree; null where the mail is about several.</param>
/// <param name="Pattern">Only what fails in <paramref name="Jobs"/>; null: no single job failed.</param>
public sealed record MuteAddresses(string? Everything, string? Pattern = null, string? Jobs = null)
{
    /// <summary>Of a digest: what can be stopped of it, in order. Empty: the mail is one report.</summary>
    public IReadOnlyList<MuteChoice> Choices { get; init; } = [];
}

/// <summary>What a link of a digest stops.</summary>
/// <param name="Job">Null: all mails of the tree; else those where only it fails.</param>
public sealed record MuteChoice(TreeName Tree, string? Job, string Link);

/// <summary>Picks recipients. Pure.</summary>
public static partial class MailAddressing
{
    /// <summary>A report that many people get is a report that nobody asked for: MAINTAINERS never adds more.</summary>
    public const int MaintainersMost = 30;

    public static MailEnvelope Of(ChannelConfig.Mail channel, ReportModel model, MailFacts facts)
    {
        var taken = new HashSet<string>(channel.To.Concat(channel.Cc).Select(Bare), StringComparer.Ordinal);
        var lists = new SortedSet<string>(StringComparer.Ordinal);
        List<string> cc = [.. channel.Cc];
        foreach (Candidate one in Candidates(channel, model, facts))
        {
            bool isWanted = ReportOns.WhyNot(one.On, model.Result.Verdict, facts.Before) is null && !one.IsOldNews;
            if ((!isWanted && !facts.Readers.Contains(Mark(one.Address))) || !taken.Add(Bare(one.Address)))
                continue;
            cc.Add(one.Address);
            if (one.IsList)
                lists.Add(Bare(one.Address));
        }
        return new MailEnvelope(channel.To, cc, lists);
    }

    /// <summary>Tells an address again without telling it: records that everybody may read hold these.</summary>
    public static string Mark(string recipient) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Bare(recipient))))[..12];

    /// <summary>Text for records that everybody may read: <c>j***@example.org</c>.</summary>
    public static string Masked(string text) => LocalPart().Replace(text, "${first}***@");

    /// <summary>The address without a name, lower-case: what two spellings of one recipient share.</summary>
    public static string Bare(string recipient)
    {
        int open = recipient.LastIndexOf('<');
        return (open < 0 ? recipient : recipient[(open + 1)..].TrimEnd('>')).Trim().ToLowerInvariant();
    }

    /// <summary>Everything that fails was failing before.</summary>
    public static bool IsAllKnown(RunResult result) =>
        result.Failures.Count == 0 && (result.Known.Count > 0 || result.Cells.Any(c => c.Result == CellResult.Known)) && !result.Cells.Any(c => c.Result == CellResult.Fail);

    /// <summary>Some rule asks for the files that changed.</summary>
    public static bool NeedsFiles(ChannelConfig.Mail channel) =>
        channel.Maintainers is not null || channel.Rules.Any(r => r.Paths.Count > 0 || r.Subsystems.Count > 0);

    public static bool NeedsMaintainers(ChannelConfig.Mail channel) => channel.Maintainers is not null || channel.Rules.Any(r => r.Subsystems.Count > 0);

    public static bool NeedsCommit(ChannelConfig.Mail channel) => channel.Authors is not null || channel.Thread == MailThread.Patch;

    /// <summary>Some choice looks at the branch's run before.</summary>
    public static bool NeedsBefore(ChannelConfig channel) =>
        channel.OnlyOn == ReportOn.Change
        || (channel is ChannelConfig.Mail mail && (mail.Rules.Any(r => r.On == ReportOn.Change) || mail.Maintainers?.On == ReportOn.Change || mail.Authors?.On == ReportOn.Change));

    private static bool Applies(MailRule rule, ReportModel model, MailFacts facts)
    {
        if (rule.Trees.Count > 0 && !rule.Trees.Contains(model.Tree.Value))
            return false;
        if (rule.Branches.Count > 0 && !new RefGlobs(rule.Branches).Matches(model.Branch))
            return false;
        if (rule.Paths.Count > 0 && !(facts.Files ?? []).Any(f => rule.Paths.Any(p => MaintainersGlob.Matches(p, f))))
            return false;
        return rule.Subsystems.Count == 0 || Sections(facts).Any(s => rule.Subsystems.Contains(s.Title, StringComparer.OrdinalIgnoreCase));
    }

    private static IEnumerable<Candidate> Candidates(ChannelConfig.Mail channel, ReportModel model, MailFacts facts)
    {
        IEnumerable<Candidate> ruled = channel.Rules.Where(r => Applies(r, model, facts)).SelectMany(r => r.To.Select(a => new Candidate(a, r.On)));
        IEnumerable<Candidate> listed = channel.Maintainers is not { } wanted
            ? []
            : Sections(facts).SelectMany(s => s.People).Where(p => wanted.Roles.Contains(p.Role)).DistinctBy(p => Bare(p.Address)).Take(MaintainersMost)
                .Select(p => new Candidate(p.Address, wanted.On) { IsList = p.Role == Maintainers.List });
        return [.. ruled, .. listed, .. Author(channel, model, facts)];
    }

    private static IReadOnlyList<MaintainersSection> Sections(MailFacts facts) => facts.Maintainers?.Of(facts.Files ?? []) ?? [];

    /// <summary>What was failing before is nothing of his.</summary>
    private static IEnumerable<Candidate> Author(ChannelConfig.Mail channel, ReportModel model, MailFacts facts)
    {
        if (channel.Authors is not { } authors || facts.AuthorAddress is not { } author || !CommitWords.IsAddress(author))
            return [];
        string bare = Bare(author);
        bool isIn = authors.OptedIn.Any(o => Bare(o) == bare || (o.StartsWith("*@", StringComparison.Ordinal) && bare.EndsWith(o[1..].ToLowerInvariant(), StringComparison.Ordinal)));
        bool asks = authors.Trailer is { } trailer && CommitWords.Trailer(facts.CommitMessage, trailer) is { } value && value.Equals("yes", StringComparison.OrdinalIgnoreCase);
        return isIn || asks ? [new Candidate(author, authors.On) { IsOldNews = IsAllKnown(model.Result) }] : [];
    }

    [GeneratedRegex(@"(?<first>[^\s@<>(),;:])[^\s@<>(),;:]*@", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex LocalPart();

    private sealed record Candidate(string Address, ReportOn On)
    {
        public bool IsList { get; init; }

        public bool IsOldNews { get; init; }
    }
}
