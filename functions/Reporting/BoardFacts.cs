using System.Text;

namespace Cki.Reporting;

/// <summary>The pages that are made of records of the whole installation: what stands, and the matchers' records.</summary>
internal sealed class BoardFacts(SuitePorts ports, BoardReading reading, BoardTrees trees)
{
    /// <summary>What stands is looked at no more often, unless a notice has changed.</summary>
    private static readonly TimeSpan StateEvery = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan MatchersEvery = TimeSpan.FromDays(1);

    private const int EachMax = 150;

    /// <summary>Days' records of matchers read at once, a day's work.</summary>
    private const int RescueDaysMax = 600;

    private readonly BoardStore _board = new(ports);

    /// <summary>True: it was looked at now; false: a moment ago.</summary>
    public async Task<bool> StateAsync(bool isUrgent, CancellationToken cancellationToken)
    {
        var document = new BoardDocument<BoardStanding>(
            BoardStanding.Json, BoardJson.Default.BoardStanding, [BoardStanding.Page],
            s => [new BoardObject(BoardStanding.Page, Encoding.UTF8.GetBytes(StatePage.Of(s)))]);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        BoardStanding stands = await _board.FoldAsync(
            document, async (old, ct) => old is null || isUrgent || old.At + StateEvery <= now ? await LookAsync(now, ct) : old, cancellationToken);
        return stands.At == now;
    }

    public Task MatchersAsync(CancellationToken cancellationToken)
    {
        var document = new BoardDocument<BoardMatchers>(
            BoardMatchers.Json, BoardJson.Default.BoardMatchers, [BoardMatchers.Page],
            m => [new BoardObject(BoardMatchers.Page, Encoding.UTF8.GetBytes(MatchersPage.Of(m)))]);
        DateTimeOffset now = ports.Clock.GetUtcNow();
        return _board.FoldAsync(document, async (old, ct) => old is null || old.At + MatchersEvery <= now ? await RecordsAsync(now, ct) : old, cancellationToken);
    }

    private async Task<BoardStanding> LookAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<Mute> mutes = await reading.UnderAsync(Mute.Prefix, EachMax, DocumentJson.Default.Mute, cancellationToken);
        IReadOnlyList<ChannelState> channels = await reading.UnderAsync(ChannelState.Prefix, EachMax, DocumentJson.Default.ChannelState, cancellationToken);
        var standing = new List<BoardTreeStanding>();
        foreach (TreeConfig tree in ports.Config.Current.Trees.Take(EachMax))
            standing.Add(new BoardTreeStanding(tree.Name, await trees.HealthAsync(tree.Name, cancellationToken)));
        return new BoardStanding(now)
        {
            Pauses = await reading.UnderAsync(Switch.Prefix, EachMax, DocumentJson.Default.Switch, cancellationToken),
            Outages = await OutagesAsync(cancellationToken),
            Channels = [.. channels.Select(c => c with { LastError = c.LastError is null ? null : StateParts.WithoutAddresses(c.LastError) })],
            Checks = [.. (await reading.UnderAsync(CheckState.Prefix, EachMax, DocumentJson.Default.CheckState, cancellationToken)).Select(c => c with { Said = StateParts.WithoutAddresses(c.Said) })],
            Mutes = [.. mutes.Where(m => m.Until > now).Select(m => new BoardMute(m.Tree, m.Pattern, m.Until, m.Address is not null))],
            DeadLetters = await DeadAsync(cancellationToken),
            Trees = standing,
        };
    }

    private async Task<IReadOnlyList<BoardOutage>> OutagesAsync(CancellationToken cancellationToken)
    {
        var outages = new List<BoardOutage>();
        foreach (OutageState state in await reading.EachAsync(await reading.FilesAsync(OutageState.Prefix, EachMax, cancellationToken), OutageJson.Default.OutageState, cancellationToken))
        {
            int held = state.Holds ? (await ports.Documents.KeysAsync(HeldJob.PrefixOf(state.Class), BoardOutage.HeldMax, cancellationToken)).Count : 0;
            outages.Add(new BoardOutage(state, held));
        }
        return outages;
    }

    private async Task<IReadOnlyList<BoardDead>> DeadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> keys = await ports.Documents.KeysAsync("dead/", BoardDead.CountMax, cancellationToken);
        return [.. keys.Select(k => k.Split('/')).Where(p => p.Length > 2).GroupBy(p => p[1]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new BoardDead(g.Key, g.Count()))];
    }

    private async Task<BoardMatchers> RecordsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        Demotions demotions = await reading.OneAsync(Demotions.Key, OutageJson.Default.Demotions, cancellationToken) ?? Demotions.None;
        HashSet<string> known = [.. (await reading.NamesAsync(RescueEvent.Prefix, 2 * EachMax, cancellationToken)).Select(Uri.UnescapeDataString)];
        var matchers = new List<BoardMatcher>();
        int read = 0;
        foreach (MatcherConfig matcher in ports.Config.Current.AllMatchers.DistinctBy(m => m.Name).Take(2 * EachMax))
        {
            IReadOnlyList<RescueDay> days = known.Contains(matcher.Name) && read < RescueDaysMax ? await DaysAsync(matcher.Name, now, cancellationToken) : [];
            read += days.Count;
            string mode = matcher.IsShadow ? "shadow" : matcher.DemotesItself && demotions.Stands(matcher.Name) ? "demoted" : "live";
            matchers.Add(new BoardMatcher(
                matcher.Name, matcher.Description, matcher.Action.ToString().ToLowerInvariant(), matcher.Class, mode, BoardRescues.Sum([.. days.SelectMany(d => d.Rows)])));
        }
        return new BoardMatchers(now, matchers) { IsCut = read >= RescueDaysMax };
    }

    private async Task<IReadOnlyList<RescueDay>> DaysAsync(string matcher, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string after = RescueDay.DaysOf(matcher) + RescueDay.Text(now.AddDays(-BoardMatchers.DaysShown));
        IReadOnlyList<string> keys = await ports.Store.ListAsync(RescueDay.DaysOf(matcher), after, BoardMatchers.DaysShown + 1, cancellationToken);
        return await reading.EachAsync(keys, OutageJson.Default.RescueDay, cancellationToken);
    }
}
