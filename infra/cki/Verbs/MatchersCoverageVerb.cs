using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki matchers coverage</c>: failed jobs that passed later should have been matched; were they, and who retried them?</summary>
internal static class MatchersCoverageVerb
{
    private const int MissedShown = 20;

    public static Command Command()
    {
        Option<string> config = Common.Config();
        Option<string?> secrets = MatchersVerbs.Secrets();
        Option<bool> json = Common.Json();
        Option<string> project = new("--project") { Description = "Address of the project, or host:group/project", Required = true };
        Option<int> days = new("--days") { Description = "How far back", DefaultValueFactory = _ => 7 };
        Option<int> most = new("--most") { Description = "Failed jobs to read at most, newest pipelines first", DefaultValueFactory = _ => 1000 };
        return new Command("coverage", "Recall over history: what share of the jobs that failed and then passed the matchers would have retried")
            { config, secrets, json, project, days, most }.Doing(async (parsed, cancellationToken) =>
        {
            SuiteConfig suite = ConfigDirectory.Load(parsed.GetValue(config)!);
            if (parsed.GetValue(days) is < 1 or > 3650)
                throw new BadInputException($"--days {parsed.GetValue(days)}: 1 to 3650");
            ProjectRef of = JobAddress.Project(parsed.GetValue(project)!, suite);
            var herding = new Herding(MatchersVerbs.Compile(suite.Matchers));
            DateTimeOffset since = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(parsed.GetValue(days));
            IReadOnlyList<PastFailure> past = await new JobHistory(suite, parsed.GetValue(secrets)).FailuresAsync(of, since, parsed.GetValue(most), herding, cancellationToken);
            var coverage = MatcherCoverage.Of(past, suite.Host(of.Host)!.BotUser);
            if (parsed.GetValue(json))
                Common.Print(ToJson(coverage));
            else
                Tell(coverage);
            return Exit.Good;
        });
    }

    public static void Tell(MatcherCoverage coverage)
    {
        Console.Out.WriteLine($"{coverage.Failures} failed attempts; {coverage.Recovered} passed later ({coverage.ByBot} by the bot's retry, {coverage.ByPeople} by people's).");
        Console.Out.WriteLine($"The matchers would have retried {coverage.Covered} of these ({coverage.Recall:P0}); {coverage.Confirmed} more would have been run again to confirm.");
        foreach (CoverageRow row in coverage.Rows)
            Console.Out.WriteLine($"  {row.Matcher,-24} {row.Failures,5} failures: {row.PassedLater} passed later, {row.FailedAgain} failed again, {row.NeverRetried} were never retried");
        if (coverage.Missed.Count > 0)
            Console.Out.WriteLine("Missed:");
        foreach (PastFailure missed in coverage.Missed.Take(MissedShown))
            Console.Out.WriteLine($"  {Common.Plain(missed.Job.WebUrl)} by {Common.Plain(missed.RetriedBy)}: {Common.Plain(Line(missed))}");
    }

    public static JsonObject ToJson(MatcherCoverage coverage) => new()
    {
        ["failures"] = coverage.Failures,
        ["recovered"] = coverage.Recovered,
        ["covered"] = coverage.Covered,
        ["confirmed"] = coverage.Confirmed,
        ["recall"] = Math.Round(coverage.Recall, 4),
        ["byBot"] = coverage.ByBot,
        ["byPeople"] = coverage.ByPeople,
        ["matchers"] = new JsonArray([.. coverage.Rows.Select(r => (JsonNode)new JsonObject
        {
            ["matcher"] = r.Matcher, ["failures"] = r.Failures, ["passedLater"] = r.PassedLater, ["failedAgain"] = r.FailedAgain, ["neverRetried"] = r.NeverRetried,
        })]),
        ["missed"] = new JsonArray([.. coverage.Missed.Select(m => (JsonNode)new JsonObject
        {
            ["job"] = m.Job.Name, ["url"] = m.Job.WebUrl, ["retriedBy"] = m.RetriedBy, ["reason"] = m.Decision.Reason, ["line"] = Line(m),
        })]),
    };

    private static string Line(PastFailure missed) => missed.Decision.Quote.Count > 0 ? missed.Decision.Quote[^1] : missed.Decision.Reason;
}
