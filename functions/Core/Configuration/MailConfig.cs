namespace Cki;

/// <summary>What a mail answers, beside earlier reports of its own run.</summary>
public enum MailThread
{
    /// <summary>Nothing else.</summary>
    Run,

    /// <summary>The failing reports of the branch's runs just before, so that a failure that stays is one thread.</summary>
    Branch,

    /// <summary>The patch on its list, where the commit's message names it (<c>Message-ID:</c>, or <c>Link:</c> to lore or patch.msgid.link).</summary>
    Patch,
}

/// <summary>How long reports are gathered into one mail.</summary>
public enum MailDigest
{
    /// <summary>Each report is a mail.</summary>
    None,
    Hourly,
    Daily,
}

/// <summary>channels.yaml, <c>rules</c> of a mail channel: further recipients of some reports. All that is said must hold.</summary>
/// <param name="To">Addresses that get a copy.</param>
public sealed record MailRule(IReadOnlyList<string> To)
{
    /// <summary>Names of trees; empty: all.</summary>
    public IReadOnlyList<string> Trees { get; init; } = [];

    /// <summary>Branch globs; empty: all.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];

    public ReportOn On { get; init; } = ReportOn.Always;

    /// <summary>Patterns as MAINTAINERS has them after <c>F:</c>; empty: whatever changed.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Titles of sections of MAINTAINERS, as written there; empty: whatever changed.</summary>
    public IReadOnlyList<string> Subsystems { get; init; } = [];
}

/// <summary>channels.yaml, <c>maintainers</c> of a mail channel: who stands in the tree's MAINTAINERS for what the commits changed gets a copy.</summary>
/// <param name="Roles"><see cref="Maintainers.List"/>, <see cref="Maintainers.Maintainer"/>, <see cref="Maintainers.Reviewer"/>.</param>
public sealed record MailMaintainers(IReadOnlyList<char> Roles)
{
    public ReportOn On { get; init; } = ReportOn.Failure;

    /// <summary>Path in the tree.</summary>
    public string File { get; init; } = "MAINTAINERS";
}

/// <summary>channels.yaml, <c>authors</c> of a mail channel: who wrote the commit gets a copy, if he asked for it. Nobody else is ever taken for one who did.</summary>
/// <param name="OptedIn">Addresses; <c>*@example.org</c> for all of a domain that decided so.</param>
/// <param name="Trailer">A trailer of the commit's message that asks for it when its value is <c>yes</c>; null: none does.</param>
public sealed record MailAuthors(IReadOnlyList<string> OptedIn, string? Trailer)
{
    public ReportOn On { get; init; } = ReportOn.Failure;
}
