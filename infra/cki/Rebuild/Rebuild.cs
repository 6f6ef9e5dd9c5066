using Cki.Adapters;
using Cki.Engine;

namespace Cki.Tool;

/// <param name="Standing">For people: what is known of it.</param>
internal sealed record RebuiltHead(TreeName Tree, string Branch, CommitSha Sha, string Standing);

/// <param name="Over">Runs whose last pipeline has ended.</param>
/// <param name="Troubles">What could not be learnt.</param>
internal sealed record RebuildResult(int Over, int Running, int Deliveries, IReadOnlyList<RebuiltHead> Heads, IReadOnlyList<string> Troubles);

/// <summary>Gathers from archive, GitLab and git servers, then writes.</summary>
internal sealed class Rebuild(OpenedInstallation installation, TimeSpan lookBack, bool testsUnknown)
{
    private static readonly RefGlobs s_none = new([]);
    private readonly List<string> _troubles = [];

    /// <param name="archiveAt">A backup file or data directory; null: the installation's own archive.</param>
    /// <remarks>Throws <see cref="BadInputException"/> for an installation that lives: its own records are better than any guess.</remarks>
    public async Task<RebuildResult> RunAsync(string? archiveAt, CancellationToken cancellationToken)
    {
        SuiteConfig config = await installation.ConfigAsync(cancellationToken);
        await RefuseLivingAsync(cancellationToken);
        await installation.AuditAsync("rebuild", archiveAt ?? "its own archive", null, cancellationToken);
        await RestoredStore.ObserveAsync(installation.Documents, "rebuilt from GitLab and the archive: nothing is posted until 'cki arm'", cancellationToken);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        KnownFromArchive archive = await ArchiveAsync(archiveAt, new ArchiveWindow(now - lookBack, now), config, cancellationToken);
        using HttpClient http = OutboundHttp.Create();
        var gitLab = new GitLabClient(http, new ReadConfig(config), installation.Secrets, new GitLabRetries(TimeProvider.System, new SystemDice()));
        IReadOnlyList<KnownAttempt> known = await new KnownRuns(gitLab, config, archive, _troubles.Add).FindAsync(now - lookBack, cancellationToken);
        var writing = new Rebuilding(installation, config, archive, now);
        await writing.WriteAsync(known, cancellationToken);
        var heads = new List<RebuiltHead>();
        foreach (TreeConfig tree in config.Trees)
            heads.AddRange(await HeadsAsync(tree, known, (gitLab, new GitRefs(http, TimeProvider.System)), writing, cancellationToken));
        int running = known.GroupBy(k => k.Run).Count(g => !g.MaxBy(k => k.Attempt)!.IsOver);
        return new RebuildResult(known.Select(k => k.Run).Distinct().Count() - running, running, archive.Deliveries, heads, _troubles);
    }

    private async Task RefuseLivingAsync(CancellationToken cancellationToken)
    {
        foreach (string key in (await installation.Documents.KeysAsync(TreeHeads.Prefix, 10_000, cancellationToken)).Where(TreeHeads.IsKey))
        {
            if (await installation.Documents.GetAsync(key, DocumentJson.Default.TreeHeads, cancellationToken) is { Value.FirstSeenAt: not null })
                throw new BadInputException($"{installation.Name} knows heads of its own ({key}): rebuild is for an empty or restored store");
        }
    }

    private async Task<KnownFromArchive> ArchiveAsync(string? at, ArchiveWindow window, SuiteConfig config, CancellationToken cancellationToken)
    {
        if (at is null)
            return await KnownFromArchive.ReadAsync(Reading(installation.Documents).ReadAsync(window, null, cancellationToken), config);
        string file = Directory.Exists(at) ? DataDirectory.DatabaseIn(at) : at;
        BackupFile.Check(file);
        using EmbeddedEngine other = BackupFile.Open(file);
        return await KnownFromArchive.ReadAsync(Reading(BackupFile.DocumentsOf(other.Store)).ReadAsync(window, null, cancellationToken), config);
    }

    private ArchiveReading Reading(Documents documents) => new(documents, _troubles.Add);

    private async Task<IReadOnlyList<RebuiltHead>> HeadsAsync(
        TreeConfig tree, IReadOnlyList<KnownAttempt> known, (GitLabClient GitLab, GitRefs Git) outside, Rebuilding writing, CancellationToken cancellationToken)
    {
        SeenHead[] wanted;
        try
        {
            IReadOnlyList<SeenHead> seen = await LookAsync(tree, outside.GitLab, outside.Git, cancellationToken);
            HashSet<string> branches = [.. Detection.OfLook(tree, null, seen).Where(d => d is HeadDecision.Test or HeadDecision.Baseline).Select(d => d.Branch)];
            wanted = [.. seen.Where(h => branches.Contains(h.Branch)).OrderBy(h => h.Branch, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is GitLabUnavailableException or GitLabRefusedException or GitUnavailableException)
        {
            _troubles.Add($"heads of tree {tree.Name}: {e.Message}; its first poll takes a baseline");
            return [];
        }
        HashSet<RunId> runs = [.. known.Select(k => k.Run)];
        bool IsKnown(SeenHead head) => runs.Contains(RunIds.Of(tree.Name, head.Branch, head.Sha));
        await writing.WriteHeadsAsync(tree, wanted.Where(h => !testsUnknown || IsKnown(h)), cancellationToken);
        return [.. wanted.Select(h => new RebuiltHead(tree.Name, h.Branch, h.Sha, IsKnown(h) ? "has a run" : testsUnknown ? "no pipeline is known: will be tested" : "no pipeline is known: baseline, not tested"))];
    }

    private static async Task<IReadOnlyList<SeenHead>> LookAsync(TreeConfig tree, GitLabClient gitLab, GitRefs git, CancellationToken cancellationToken)
    {
        if (tree.Project is not { } project)
            return Seen(await git.ListAsync(tree.Url, new RefGlobs(tree.Branches), new RefGlobs(tree.Tags), cancellationToken));
        SeenHead[] heads = [.. (await gitLab.ListBranchesAsync(project, cancellationToken)).Select(b => new SeenHead(b.Name, b.Sha, b.Title))];
        return tree.Tags.Count == 0 ? heads : [.. heads, .. Seen(await git.ListAsync(tree.Url, s_none, new RefGlobs(tree.Tags), cancellationToken))];
    }

    private static IReadOnlyList<SeenHead> Seen(IReadOnlyList<RemoteRef> refs) => [.. refs.Select(r => new SeenHead(r.Name, r.Commit))];
}
