namespace Cki;

/// <summary>A matcher with <c>demote: auto</c> that its own record has set in shadow.</summary>
/// <param name="Retries">Counted retries, none of which rescued.</param>
/// <param name="MachineSeconds">What they cost.</param>
public sealed record Demotion(string Matcher, DateTimeOffset At, int Retries, double MachineSeconds, string Reason)
{
    /// <summary>When a person set it live again: its record counts anew from the day after. Null: it stands.</summary>
    public DateTimeOffset? LiftedAt { get; init; }

    public string? LiftedBy { get; init; }
}

/// <summary><c>rescues/demotions.json</c>, changed by compare-and-swap: the newest demotion of each matcher, in order of name.</summary>
public sealed record Demotions(IReadOnlyList<Demotion> Entries, int V = 1)
{
    public const string Key = $"{RescueEvent.Prefix}demotions.json";

    public static readonly Demotions None = new([]);

    public Demotion? Of(string matcher) => Entries.FirstOrDefault(e => e.Matcher == matcher);

    public bool Stands(string matcher) => Of(matcher) is { LiftedAt: null };

    /// <summary>With this one; the same where one of the matcher stands.</summary>
    public Demotions With(DemotionProposal proposal, DateTimeOffset now) => Stands(proposal.Matcher)
        ? this
        : this with { Entries = Replaced(new Demotion(proposal.Matcher, now, proposal.Retries, proposal.MachineSeconds, proposal.Reason)) };

    /// <summary>The same where none stands.</summary>
    public Demotions Lifted(string matcher, string by, DateTimeOffset now) =>
        Of(matcher) is { LiftedAt: null } standing ? this with { Entries = Replaced(standing with { LiftedAt = now, LiftedBy = by }) } : this;

    /// <summary>Days of rescues before this one no longer count for the matcher; empty: all count.</summary>
    public string CountsFrom(string matcher) => Of(matcher)?.LiftedAt is { } lifted ? RescueDay.Text(lifted.AddDays(1)) : "";

    /// <summary>The tree with the demoted in shadow, of those that ask for it; the same where there are none.</summary>
    public MatcherTree Applied(MatcherTree tree) => tree.Matchers.Any(IsDemoted)
        ? new MatcherTree([.. tree.Matchers.Select(m => IsDemoted(m) ? m with { IsShadow = true } : m)])
        : tree;

    private bool IsDemoted(MatcherConfig matcher) => matcher is { DemotesItself: true, IsShadow: false } && Stands(matcher.Name);

    private Demotion[] Replaced(Demotion demotion) =>
        [.. Entries.Where(e => e.Matcher != demotion.Matcher).Append(demotion).OrderBy(e => e.Matcher, StringComparer.Ordinal)];
}
