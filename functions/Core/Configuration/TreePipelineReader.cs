using System.Text.RegularExpressions;

namespace Cki;

/// <summary>A tree's <c>pipeline</c>.</summary>
internal sealed partial class TreePipelineReader(ConfigErrors errors)
{
    private const int VariablesMax = 100;
    private const int FallbacksMax = 10;
    private const int ResultsMax = 10;
    private const int ExpectsMax = 20;
    private const int RulesMax = 100;
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
            Fallbacks = entry.Entries("fallbacks", FallbacksMax, (fallback, at) => Fallback(fallback, at, byInputs)),
            Deadline = entry.Duration("deadline", pipeline.Deadline, Second, TimeSpan.FromDays(30)),
            SettleQuiet = entry.Duration("settle_quiet", pipeline.SettleQuiet, TimeSpan.Zero, TimeSpan.FromHours(1)),
            // A flow waits for one check at most two hours.
            CheckInterval = entry.Duration("check_interval", pipeline.CheckInterval, Second, TimeSpan.FromHours(2)),
            StarvingAfter = entry.Duration("starving_after", pipeline.StarvingAfter, Second, TimeSpan.FromDays(30)),
            Results = Texts(entry, "results", ResultsMax) ?? pipeline.Results,
            VerdictFrom = Verdict(entry),
            Expects = entry.Entries("expects", ExpectsMax, (node, at) => Expected(node, at, hosts)),
            Manual = entry.Entries("manual", RulesMax, Manual),
            ResourceGroups = Texts(entry, "resource_groups", RulesMax) ?? [],
        };
    }

    private static IReadOnlyList<string>? Texts(EntryReader entry, string field, int most)
    {
        IReadOnlyList<ConfigNode.Scalar>? texts = entry.Scalars(field, most);
        foreach (ConfigNode.Scalar empty in (texts ?? []).Where(t => t.Text.Length == 0 || t.Text.StartsWith('/')))
            entry.Errors.Add(empty.Place, entry.PathOf(field), "must not be empty nor begin with a slash");
        return texts is null ? null : [.. texts.Select(t => t.Text).Distinct()];
    }

    private static VerdictFrom Verdict(EntryReader entry)
    {
        string text = entry.Text("verdict_from") ?? "jobs";
        if (text is "jobs" or "kcidb")
            return new VerdictFrom(text == "jobs" ? VerdictSource.Jobs : VerdictSource.Kcidb);
        if (text.StartsWith("job:", StringComparison.Ordinal) && text.Length > "job:".Length)
            return new VerdictFrom(VerdictSource.Job, text["job:".Length..]);
        entry.Wrong("verdict_from", $"is '{text}', not one of jobs, kcidb, job:<glob on a job's name>");
        return VerdictFrom.Jobs;
    }

    private ExpectedPipeline Expected(ConfigNode node, string path, IReadOnlyList<GitLabHost> hosts)
    {
        var entry = new EntryReader(node, path, ConfigFields.Expected, errors);
        entry.Required("project");
        return new ExpectedPipeline(
            entry.Project("project", hosts) ?? new ProjectRef("", ""), entry.Duration("within", TimeSpan.FromHours(1), Second, TimeSpan.FromDays(30)));
    }

    private ManualRule Manual(ConfigNode node, string path)
    {
        var entry = new EntryReader(node, path, ConfigFields.Manual, errors);
        ManualAct act = entry.Choice("do", ["ignore", "wait", "play"], "ignore") switch
        {
            "wait" => ManualAct.Wait,
            "play" => ManualAct.Play,
            _ => ManualAct.Ignore,
        };
        return new ManualRule(entry.Required("job"), act, entry.Duration("within", TimeSpan.FromHours(24), Second, TimeSpan.FromDays(30)));
    }

    private Fallback Fallback(ConfigNode node, string path, bool byInputs)
    {
        // A variable may be called so too: then its value is a text.
        if (node is not ConfigNode.Map map || !map.Entries.Any(e => e is { Key.Text: "variables", Value: ConfigNode.Map }))
            return new Fallback(Variables(node, path, byInputs));
        var entry = new EntryReader(node, path, ConfigFields.Fallback, errors);
        IReadOnlyList<ConfigNode.Scalar> named = entry.Scalars("architectures", Architectures.Known.Count) ?? [];
        foreach (ConfigNode.Scalar unknown in named.Where(a => !Architectures.Known.Contains(a.Text)))
            errors.Add(unknown.Place, entry.PathOf("architectures"), $"'{unknown.Text}' is none of {string.Join(", ", Architectures.Known)}");
        return new Fallback(Variables(entry.Field("variables")!, entry.PathOf("variables"), byInputs)) { Architectures = [.. named.Select(a => a.Text)] };
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
            {
                variables.Add(KeyValuePair.Create(name.Text, text.Text));
                if (VariableTemplate.Fault(text.Text) is { } fault)
                    errors.Add(text.Place, $"{path}.{name.Text}", fault);
            }
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
