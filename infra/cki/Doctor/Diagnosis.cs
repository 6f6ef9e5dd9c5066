using Cki.Adapters;

namespace Cki.Tool;

/// <summary>The doctor's judgement: facts in, findings out, each with its fix. Pure.</summary>
internal static class Diagnosis
{
    public static IReadOnlyList<Finding> Of(DoctorFacts facts) =>
    [
        .. Configuration(facts), .. facts.Secrets.SelectMany(s => Secret(s, facts.Installation)), .. facts.Parts.SelectMany(Part),
        .. facts.Cloud is { } cloud ? CloudDiagnosis.Of(cloud, facts.Now) : [],
        .. facts.Hosts.SelectMany(h => GitLabDiagnosis.Host(h, facts.Now, facts.IsStaging)),
        .. facts.Hosts.SelectMany(QuotaDiagnosis.Host), .. facts.Projects.SelectMany(QuotaDiagnosis.Project),
        .. facts.IsStaging ? [] : facts.Projects.SelectMany(p => GitLabDiagnosis.Project(p, Config(facts))), .. facts.IsStaging ? [] : Hooks(facts), .. WorkDiagnosis.Of(facts.Work, facts.Installation, facts.Now),
    ];

    /// <summary>0: nothing is wrong; 1: something is; 2: nothing was found wrong, but not all could be looked at.</summary>
    public static int ExitCode(IReadOnlyList<Finding> findings)
    {
        if (findings.Any(f => f.Severity == Severity.Problem))
            return Exit.Found;
        return findings.Any(f => f.Severity == Severity.CannotTell) ? Exit.CannotTell : Exit.Good;
    }

    private static SuiteConfig? Config(DoctorFacts facts) => (facts.Config as ConfigReading.Good)?.Config;

    private static IEnumerable<Finding> Configuration(DoctorFacts facts)
    {
        switch (facts.Config)
        {
            case ConfigReading.Bad bad:
                foreach (ConfigError error in bad.Errors)
                    yield return Finding.Problem("configuration", error.ToString(), "mend the file; cki config check lists every error");
                break;
            case ConfigReading.Good { Config: var config }:
                if (config.Trees.Count == 0)
                    yield return Finding.Problem("configuration", "it names no tree, so that nothing is tested", "add a tree to trees.yaml");
                if (config.Channels.All(c => !c.ForOperators))
                    yield return Finding.Problem("configuration", "no channel is for operators: nobody hears of trouble", "set for_operators on a channel in channels.yaml");
                break;
            default:
                yield return Finding.CannotTell("configuration", $"it cannot be read: {facts.ConfigTrouble}", "without it neither secrets nor GitLab can be looked at");
                break;
        }
    }

    private static IEnumerable<Finding> Secret(SecretFact secret, string installation)
    {
        if (secret.IsThere == false)
            yield return Finding.Problem("secrets", $"there is no secret '{secret.Name}' ({secret.For})", HowToSet(secret.Name, installation));
        else if (secret.IsThere is null)
            yield return Finding.CannotTell("secrets", $"secret '{secret.Name}' ({secret.For}) cannot be read: {secret.Trouble}", "look again where secrets can be read");
    }

    private static string HowToSet(string name, string installation) => installation.StartsWith("--stack ", StringComparison.Ordinal)
        ? $"aws ssm put-parameter --type SecureString --name /cki/{installation["--stack ".Length..]}/secrets/{name} --value ..."
        : $"set {Adapters.EnvironmentSecrets.VariableOf(name)}, or put a file {name} into the directory given as --secrets";

    private static IEnumerable<Finding> Part(PartStanding part)
    {
        if (part.Trouble is { } trouble)
            yield return Finding.Problem("stack", $"{part.Part} does not answer: {trouble}", "see whether it was removed, or whether your credentials may read it; sam deploy makes it anew");
    }

    private static IEnumerable<Finding> Hooks(DoctorFacts facts)
    {
        if (facts.FrontDoor is null && Config(facts) is { } config && HookPlan.Wanted(config).Count > 0)
            yield return Finding.CannotTell("hooks", "nobody said how GitLab reaches the front door", "say --url, or start cki up with --url; without hooks polling finds every commit");
        foreach (HookFact hook in facts.Hooks)
        {
            if (hook.Standing is null)
                yield return Finding.CannotTell("hooks", $"{hook.Wanted.Project}: hooks cannot be read: {hook.Trouble}", "give the bot the Maintainer role in the project, or look in GitLab's webhook settings");
            foreach (string fault in hook.Standing?.Faults ?? [])
                yield return Finding.Problem("hooks", $"{hook.Wanted.Project}: {fault}", $"cki hooks repair {facts.Installation}");
        }
    }
}
