using System.Text.RegularExpressions;

namespace Cki;

/// <summary>trees.yaml: hosts and trees.</summary>
internal sealed partial class TreesReader(ConfigErrors errors)
{
    private const int HostsMax = 50;
    private const int TreesMax = 1000;
    private const int GlobsMax = 100;
    private static readonly TimeSpan PollIntervalLeast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PollIntervalMost = TimeSpan.FromDays(1);

    private readonly HashSet<string> _hostNames = [];
    private readonly HashSet<string> _treeNames = [];

    public (IReadOnlyList<GitLabHost> Hosts, IReadOnlyList<TreeConfig> Trees) Read(ConfigNode file, IReadOnlyList<ChannelConfig> channels)
    {
        var top = new EntryReader(TreeTemplates.Applied(file, errors), "", ConfigFields.TreesFile, errors);
        IReadOnlyList<GitLabHost> hosts = top.Entries("hosts", HostsMax, Host);
        return (hosts, top.Entries("trees", TreesMax, (node, path) => Tree(node, path, hosts, channels)));
    }

    private GitLabHost Host(ConfigNode node, string path)
    {
        var entry = new EntryReader(node, path, ConfigFields.Host, errors);
        string name = entry.Required("name");
        if (name.Length > 0 && !HostName().IsMatch(name))
            entry.Wrong("name", $"'{name}' must be a host name such as gitlab.com, with :port where it has one");
        entry.Unique("name", _hostNames, name);
        return new GitLabHost(name, entry.Address("url"), entry.RequiredSecretName("token_secret"), entry.Required("bot_user"))
        {
            PausesRunners = entry.Flag("pause_runners", otherwise: false),
        };
    }

    private TreeConfig Tree(ConfigNode node, string path, IReadOnlyList<GitLabHost> hosts, IReadOnlyList<ChannelConfig> channels)
    {
        var entry = new EntryReader(node, path, ConfigFields.Tree, errors);
        string name = entry.Name("name");
        entry.Unique("name", _treeNames, name);
        if (name == ProbeTree.Name.Value)
            entry.Wrong("name", "is reserved for the probe");
        var tree = new TreeConfig(new TreeName(name), entry.Address("url"), Pipeline(entry, hosts));
        tree = tree with
        {
            Project = entry.Project("project", hosts),
            Branches = Globs(entry, "branches") ?? tree.Branches,
            Tags = Globs(entry, "tags") ?? tree.Tags,
            PollInterval = entry.Duration("poll_interval", tree.PollInterval, PollIntervalLeast, PollIntervalMost),
            TestOnFirstSight = entry.Choice("on_first_sight", ["baseline", "test"], "baseline") == "test",
            CancelWhenNewer = entry.Choice("when_newer", ["keep", "cancel"], "keep") == "cancel",
            Confirm = entry.Choice("confirm", ["nothing", "weak", "unexplained"], "weak") switch
            {
                "nothing" => ConfirmWhat.Nothing,
                "unexplained" => ConfirmWhat.Unexplained,
                _ => ConfirmWhat.Weak,
            },
            BaseBranch = entry.Text("base"),
        };
        tree = new AdoptionReader(entry, hosts).Read(tree);
        return tree with { ReportTo = ReportTo(entry, channels, tree.Project), Rules = TreeRulesReader.Read(entry, tree) };
    }

    private TreePipeline Pipeline(EntryReader tree, IReadOnlyList<GitLabHost> hosts)
    {
        if (tree.Field("pipeline") is { } node)
            return new TreePipelineReader(errors).Read(node, tree.PathOf("pipeline"), hosts);
        tree.Required("pipeline");
        return new TreePipeline(new ProjectRef("", ""), "");
    }

    private static IReadOnlyList<string>? Globs(EntryReader entry, string field)
    {
        IReadOnlyList<ConfigNode.Scalar>? globs = entry.Scalars(field, GlobsMax);
        foreach (ConfigNode.Scalar glob in globs ?? [])
        {
            if (RefGlobs.Fault(glob.Text) is { } fault)
                entry.Errors.Add(glob.Place, entry.PathOf(field), $"'{glob.Text}' {fault}");
        }
        return globs is null ? null : [.. globs.Select(g => g.Text)];
    }

    private static IReadOnlyList<string> ReportTo(EntryReader entry, IReadOnlyList<ChannelConfig> channels, ProjectRef? project)
    {
        string[] names = [.. channels.Select(c => c.Name)];
        IReadOnlyList<ConfigNode.Scalar> wanted = entry.Scalars("report_to", names.Length + 1) ?? [];
        foreach (ConfigNode.Scalar name in wanted)
        {
            ChannelConfig? channel = channels.FirstOrDefault(c => c.Name == name.Text);
            if (channel is null)
                entry.Errors.AddDangling(name.Place, entry.PathOf("report_to"), $"'{name.Text}' is none of the channels{ConfigErrors.Suggestion(name.Text, names)}");
            else if (channel is ChannelConfig.MergeRequestNote && project is null)
                entry.Errors.Add(name.Place, entry.PathOf("report_to"), $"'{name.Text}' writes notes on merge requests, but the tree names no project of a GitLab that has them");
            else if (channel is ChannelConfig.CommitStatus && project is null)
                entry.Errors.Add(name.Place, entry.PathOf("report_to"), $"'{name.Text}' sets commit statuses, but the tree names no project of a GitLab to set them on");
        }
        return [.. wanted.Select(w => w.Text).Distinct()];
    }

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?\z")]
    private static partial Regex HostName();
}
