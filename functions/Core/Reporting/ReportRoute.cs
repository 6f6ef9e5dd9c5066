namespace Cki;

/// <summary>Who gets what. Developers hear of <see cref="Verdict.Passed"/> and <see cref="Verdict.Failed"/> only; everything else is the operators'.</summary>
public static class ReportRoute
{
    public static bool IsForDevelopers(Verdict verdict) => verdict is Verdict.Passed or Verdict.Failed;

    /// <summary>Names of the channels that get a settled attempt's report, in order of name.</summary>
    /// <param name="tree">Null when the tree is no longer configured: operators get whatever it was.</param>
    public static IReadOnlyList<string> Final(SuiteConfig config, TreeConfig? tree, Verdict verdict)
    {
        List<ChannelConfig> wanted = [.. Configured(config, tree).Where(c => c.ForOperators || IsForDevelopers(verdict) || TakesAll(c))];
        // There is no commit to set a status on, and nothing was run.
        if (verdict == Verdict.Vanished)
            wanted.RemoveAll(TakesAll);
        if (tree is null || !IsForDevelopers(verdict))
            wanted.AddRange(Operators(config, tree));
        return Names(wanted);
    }

    /// <summary>Channels that show progress: a commit status says "running" from the start.</summary>
    public static IReadOnlyList<string> Start(SuiteConfig config, TreeConfig? tree) => Names(Configured(config, tree).OfType<ChannelConfig.CommitStatus>());

    /// <summary>
    /// Channels that hear of strong evidence at once: people's, and programs that ask for everything. A commit status says nothing before the end, since
    /// one that failed is final to those who wait for it. A tree whose pipeline states its own verdict has none to tell before.
    /// </summary>
    public static IReadOnlyList<string> Early(SuiteConfig config, TreeConfig? tree) =>
        tree is { Pipeline.VerdictFrom.Source: VerdictSource.Jobs } ? Names(Configured(config, tree).Where(c => !c.ForOperators && TakesEarly(c))) : [];

    private static bool TakesEarly(ChannelConfig channel) => channel is ChannelConfig.Mail or ChannelConfig.Slack or ChannelConfig.Irc or ChannelConfig.MergeRequestNote or ChannelConfig.Webhook { Form: WebhookForm.CloudEvent };

    /// <summary>People who read an early report are spared a final that says the same; programs, and whatever shows a state, get it always.</summary>
    public static bool IsSparedRepetition(ChannelConfig channel) => channel is ChannelConfig.Mail or ChannelConfig.Slack or ChannelConfig.Irc;

    /// <summary>Channels for notices.</summary>
    public static IReadOnlyList<string> Notice(SuiteConfig config) => Names(Operators(config));

    // A tenant's verdicts go to its own operators, where it names some.
    private static IEnumerable<ChannelConfig> Operators(SuiteConfig config, TreeConfig? tree) =>
        config.TenantOf(tree?.Name) is { Operators: { Count: > 0 } own } ? Operators(config).Where(c => own.Contains(c.Name)) : Operators(config);

    private static IEnumerable<ChannelConfig> Operators(SuiteConfig config) => config.Channels.Where(c => c.ForOperators && c is not ChannelConfig.CommitStatus);

    /// <summary>A commit status needs the tree's own GitLab project.</summary>
    private static IEnumerable<ChannelConfig> Configured(SuiteConfig config, TreeConfig? tree) =>
        (tree?.ReportTo ?? []).Select(config.Channel).OfType<ChannelConfig>().Where(c => c is not ChannelConfig.CommitStatus || tree?.Project is not null);

    /// <summary>They speak to nobody: a status says what is not its author's matter, and a database of results wants to know what was not run as well.</summary>
    private static bool TakesAll(ChannelConfig channel) => channel is ChannelConfig.CommitStatus or ChannelConfig.Kcidb;

    private static IReadOnlyList<string> Names(IEnumerable<ChannelConfig> channels) => [.. channels.Select(c => c.Name).Distinct().Order(StringComparer.Ordinal)];
}
