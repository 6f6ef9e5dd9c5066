using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Judges token, roles and projects. Pure.</summary>
internal static class GitLabDiagnosis
{
    private const int Developer = 30;

    /// <summary>Signed webhooks are taken within 5 minutes of their time, claims last 3: a minute off is a fault, long before it bites.</summary>
    private static readonly TimeSpan s_skewMax = TimeSpan.FromMinutes(1);

    /// <summary>GitLab itself warns a week before.</summary>
    private static readonly TimeSpan s_expiryNear = TimeSpan.FromDays(14);

    /// <param name="isStaging">Then a token that can write is what is wrong.</param>
    public static IEnumerable<Finding> Host(HostFact fact, DateTimeOffset now, bool isStaging = false)
    {
        string name = fact.Host.Name;
        if (fact.Self is not { } self)
        {
            yield return Finding.Problem("gitlab", $"{name} did not let us in: {fact.Trouble}", $"see whether {fact.Host.Url} answers and secret '{fact.Host.TokenSecret}' holds a token that is valid");
            yield break;
        }
        if (!isStaging && !string.Equals(self.Username, fact.Host.BotUser, StringComparison.OrdinalIgnoreCase))
            yield return Finding.Problem("gitlab", $"{name}: the token is of {self.Username}, but trees.yaml says bot_user: {fact.Host.BotUser}", "correct bot_user: the suite knows its own pipelines and retries by it");
        if (fact.Skew is { } skew && skew.Duration() > s_skewMax)
            yield return Finding.Problem("clock", $"this machine's clock is {skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "behind" : "ahead of")} that of {name}", "set the clock by NTP");
        else if (fact.Skew is null)
            yield return Finding.CannotTell("clock", $"{name} told no time: clocks cannot be compared", "see that this machine's clock is set by NTP");
        foreach (Finding finding in Token(fact, now, isStaging))
            yield return finding;
    }

    private static IEnumerable<Finding> Token(HostFact fact, DateTimeOffset now, bool isStaging)
    {
        string name = fact.Host.Name;
        if (isStaging && StagingGuard.Fault(fact.Host, fact.Token, fact.TokenTrouble) is { } fault)
            yield return Finding.Problem("staging", $"staging holds no token that can write: {fault}", $"make one with scope read_api and set secret '{fact.Host.TokenSecret}'");
        else if (fact.TokenTrouble is { } trouble)
            yield return Finding.CannotTell("token", $"{name}: the token's scopes cannot be read: {trouble}", "look at the token in GitLab: it needs the scope api");
        else if (fact.Token is null)
            yield return Finding.CannotTell("token", $"{name} tells nothing of the token", "look at the token in GitLab: it needs the scope api and a date of expiry that somebody knows");
        if (fact.Token is not { } token)
            yield break;
        if (!token.IsActive)
            yield return Finding.Problem("token", $"{name}: the token '{token.Name}' is not active", $"make a new one with scope api and set secret '{fact.Host.TokenSecret}'");
        if (!isStaging && !token.Scopes.Contains("api"))
            yield return Finding.Problem("token", $"{name}: the token '{token.Name}' has scope {string.Join(", ", token.Scopes)}, not api: nothing can be started or retried", $"make a new one with scope api and set secret '{fact.Host.TokenSecret}'");
        if (token.ExpiresAt is { } expires && expires.ToDateTime(TimeOnly.MinValue) - now.UtcDateTime < s_expiryNear)
            yield return Finding.Problem("token", $"{name}: the token '{token.Name}' expires on {expires:yyyy-MM-dd}", $"make a new one and set secret '{fact.Host.TokenSecret}' before then");
    }

    public static IEnumerable<Finding> Project(ProjectFact fact, SuiteConfig? config)
    {
        if (fact.Trouble is { } trouble)
        {
            yield return Finding.CannotTell("projects", $"{fact.Project} cannot be read: {trouble}", "look again when GitLab answers");
            yield break;
        }
        if (fact.Access is not { } access)
        {
            yield return Finding.Problem("projects", $"{fact.Project} does not exist, or the bot may not see it", "correct trees.yaml, or make the bot a member");
            yield break;
        }
        if (access.IsArchived)
            yield return Finding.Problem("projects", $"{fact.Project} is archived: nothing can be started in it", "correct trees.yaml, or unarchive it");
        if (fact.Refs.Count == 0 && !fact.NeedsStatus)
            yield break;
        if (access.AccessLevel is not { } level)
            yield return Finding.Problem("projects", $"the bot is no member of {fact.Project}", "give it the Developer role");
        else if (level < Developer)
            yield return Finding.Problem("projects", $"the bot is {Role(level)} in {fact.Project}: it may not {(fact.Refs.Count > 0 ? "start or retry anything" : "set commit statuses")}", "give it the Developer role");
        else
            foreach (Finding finding in Pipelines(fact, level, config))
                yield return finding;
    }

    private static IEnumerable<Finding> Pipelines(ProjectFact fact, int level, SuiteConfig? config)
    {
        if (fact.NeedsVariables && Needed(fact.Access!.VariablesRole) is { } least && level < least)
            yield return Finding.Problem(
                "projects", $"{fact.Project} lets only {fact.Access.VariablesRole} start pipelines with variables, the bot is {Role(level)}",
                "raise the bot's role, lower the setting (CI/CD, Variables, minimum role), or set commit_to: inputs in trees.yaml");
        if (fact.Protected is null && fact.Refs.Count > 0)
            yield return Finding.CannotTell("projects", $"{fact.Project}: protected branches cannot be read", $"see in GitLab that the bot may merge or push to {string.Join(", ", fact.Refs)}: otherwise it may not retry jobs there");
        foreach (string gitRef in fact.Refs)
        {
            foreach (GitLabProtectedBranch rule in (fact.Protected ?? []).Where(b => IsOf(gitRef, b.Name) && !MayAct(b, level, fact.UserId)))
                yield return Finding.Problem(
                    "projects", $"{fact.Project}: {gitRef} is protected ({rule.Name}) and the bot, {Role(level)}, may neither push nor merge there: it may not start or retry jobs",
                    "allow the bot to merge (Repository, Protected branches), or raise its role");
        }
        foreach (Finding finding in Artifacts(fact, config).Concat(RunnerDiagnosis.Of(fact)).Concat(LogDiagnosis.Of(fact)))
            yield return finding;
    }

    /// <summary>A retried test downloads what its build left: if that has expired, the retry fails for a reason of its own.</summary>
    private static IEnumerable<Finding> Artifacts(ProjectFact fact, SuiteConfig? config)
    {
        if (fact.Artifacts is null && fact.Refs.Count > 0)
            yield return Finding.CannotTell("artifacts", $"{fact.Project}: jobs cannot be listed: {fact.ArtifactsTrouble}", "see in GitLab that artifacts outlive the longest of retry_delays");
        IEnumerable<MatcherTree> all = config is null ? [] : config.Tenants.Select(t => t.Matchers).OfType<MatcherTree>().Prepend(config.Matchers);
        MatcherConfig? slowest = all.SelectMany(t => t.Matchers).Where(m => m is { Action: HerdAct.Retry, IsShadow: false, RetryDelays.Count: > 0 }).MaxBy(m => m.RetryDelays.Max());
        if (slowest is null || fact.Artifacts?.Where(a => a.Life is not null).MinBy(a => a.Life) is not { Life: { } life } shortest)
            yield break;
        TimeSpan delay = slowest.RetryDelays.Max();
        if (life <= delay)
            yield return Finding.Problem(
                "artifacts", $"{fact.Project}: artifacts of job '{shortest.Job}' expire after {Words(life)}, but matcher {slowest.Name} retries after up to {Words(delay)}",
                "raise expire_in of that job, or shorten the matcher's retry_delays");
    }

    private static bool MayAct(GitLabProtectedBranch rule, int level, long userId) =>
        rule.Users.Contains(userId) || rule.PushLevels.Concat(rule.MergeLevels).Any(least => least > 0 && level >= least);

    /// <summary>GitLab's patterns know only <c>*</c>, which crosses slashes.</summary>
    private static bool IsOf(string gitRef, string pattern)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
            return gitRef == pattern;
        if (!gitRef.StartsWith(parts[0], StringComparison.Ordinal) || !gitRef.EndsWith(parts[^1], StringComparison.Ordinal))
            return false;
        int at = parts[0].Length;
        foreach (string part in parts[1..^1])
        {
            int found = gitRef.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + part.Length;
        }
        return at + parts[^1].Length <= gitRef.Length;
    }

    private static int? Needed(string? role) => role switch { "developer" => 30, "maintainer" => 40, "owner" => 50, "no_one_allowed" => int.MaxValue, _ => null };

    private static string Role(int level) => level switch { >= 50 => "Owner", >= 40 => "Maintainer", >= 30 => "Developer", >= 20 => "Reporter", _ => "Guest" };

    private static string Words(TimeSpan time) => time switch
    {
        { TotalHours: >= 48 } => $"{time.TotalDays:0.#} days",
        { TotalMinutes: >= 120 } => $"{time.TotalHours:0.#} hours",
        _ => $"{time.TotalMinutes:0.#} minutes",
    };
}
