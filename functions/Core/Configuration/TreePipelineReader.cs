using System.Text.RegularExpressions;

namespace Cki;

/// <summary>A tree's <c>pipeline</c>.</summary>
internal sealed partial class TreePipelineReader(ConfigErrors errors)
{
    private const int VariablesMax = 100;
    private const int FallbacksMax = 10;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly string[] Ours = ["CKI_RUN_ID", "CKI_RUN_ATTEMPT"];

    public TreePipeline Read(ConfigNode node, string path, IReadOnlyList<GitLabHost> hosts)
    {
        var entry = new EntryReader(node, path, ConfigFields.Pipeline, errors);
        entry.Required("project");
        var pipeline = new TreePipeline(entry.Project("project", hosts) ?? new ProjectRef("", ""), entry.Required("ref"));
        bool byInputs = entry.Choice("commit_to", ["variables", "inputs"], "variables") == "inputs";
        return pipeline with
        {
            CommitTo = byInputs ? CommitTo.Inputs : CommitTo.Variables,
            Variables = entry.Field("variables") is { } variables ? Variables(variables, entry.PathOf("variables"), byInputs) : [],
            Fallbacks = entry.Entries("fallbacks", FallbacksMax, (fallback, at) => Variables(fallback, at, byInputs)),
            Deadline = entry.Duration("deadline", pipeline.Deadline, Second, TimeSpan.FromDays(30)),
            SettleQuiet = entry.Duration("settle_quiet", pipeline.SettleQuiet, TimeSpan.Zero, TimeSpan.FromHours(1)),
            // A flow waits for one check at most two hours.
            CheckInterval = entry.Duration("check_interval", pipeline.CheckInterval, Second, TimeSpan.FromHours(2)),
            StarvingAfter = entry.Duration("starving_after", pipeline.StarvingAfter, Second, TimeSpan.FromDays(30)),
        };
    }

    private IReadOnlyList<KeyValuePair<string, string>> Variables(ConfigNode node, string path, bool byInputs)
    {
        if (node is not ConfigNode.Map map)
        {
            errors.Add(node.Place, path, "must be a mapping of names to texts");
            return [];
        }
        if (map.Entries.Count > VariablesMax)
            errors.Add(map.Place, path, $"holds {map.Entries.Count} entries; the limit is {VariablesMax}");
        var variables = new List<KeyValuePair<string, string>>();
        foreach ((ConfigNode.Scalar name, ConfigNode value) in map.Entries)
        {
            if (Ours.Contains(name.Text))
                errors.Add(name.Place, $"{path}.{name.Text}", "is set by the suite itself");
            else if (!(byInputs ? InputName() : VariableName()).IsMatch(name.Text))
                errors.Add(name.Place, $"{path}.{name.Text}", $"is no name of {(byInputs ? "an input" : "a variable")}");
            if (value is ConfigNode.Scalar text)
                variables.Add(KeyValuePair.Create(name.Text, text.Text));
            else
                errors.Add(value.Place, $"{path}.{name.Text}", "must be a text");
        }
        return variables;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,254}\z")]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_-]{0,254}\z")]
    private static partial Regex InputName();
}
