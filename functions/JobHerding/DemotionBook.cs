using System.Runtime.CompilerServices;

namespace Cki.JobHerding;

/// <summary>Which matchers their own record has set in shadow, where <c>demote: auto</c> asks for it.</summary>
internal sealed class DemotionBook(SuitePorts ports)
{
    private readonly Documents _documents = ports.Documents;

    // One tree per set of demotions, so that its matchers are compiled once.
    private readonly ConditionalWeakTable<MatcherTree, Applied> _applied = [];

    public async Task<Demotions> ReadAsync(CancellationToken cancellationToken) =>
        (await _documents.GetAsync(Demotions.Key, OutageJson.Default.Demotions, cancellationToken))?.Value ?? Demotions.None;

    /// <summary>The tree as the demotions of now leave it. Where no matcher asks for any, nothing is read.</summary>
    public async Task<MatcherTree> ApplyAsync(MatcherTree tree, CancellationToken cancellationToken)
    {
        if (!tree.Matchers.Any(m => m.DemotesItself))
            return tree;
        Demotions demotions = await ReadAsync(cancellationToken);
        string standing = string.Join('\n', tree.Matchers.Where(m => m.DemotesItself && demotions.Stands(m.Name)).Select(m => m.Name));
        if (!_applied.TryGetValue(tree, out Applied? known) || known.Standing != standing)
        {
            known = new Applied(standing, demotions.Applied(tree));
            _applied.AddOrUpdate(tree, known);
        }
        return known.Tree;
    }

    /// <summary>The demotion that stands, this one or an earlier one of the same matcher.</summary>
    public async Task<Demotion> DemoteAsync(DemotionProposal proposal, CancellationToken cancellationToken)
    {
        Demotions? stands = await _documents.UpdateAsync(
            Demotions.Key,
            OutageJson.Default.Demotions,
            current => (current ?? Demotions.None).With(proposal, ports.Clock.GetUtcNow()),
            cancellationToken);
        return stands?.Of(proposal.Matcher) ?? throw new InvalidOperationException($"Matcher {proposal.Matcher}: its demotion was not recorded");
    }

    private sealed record Applied(string Standing, MatcherTree Tree);
}
