using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// A run's checkout, builds and tests for KCIDB (I/O schema v5.3). Ids are made of run, attempt and job name: the same attempt submitted again is the
/// same objects. Nothing is null; what cannot be said is left out with its reason in the checkout's <c>misc</c>.
/// </summary>
public static partial class KcidbDocument
{
    private const int NameMax = 200;
    private const int OthersMax = 200;

    public static JsonObject Of(KcidbFacts facts)
    {
        KcidbTaken taken = KcidbFiles.Take(facts);
        JsonObject own = Checkout(facts, taken.LeftOut);
        string checkout = taken.Checkouts.Count > 0 ? taken.Checkouts[0]["id"]!.GetValue<string>() : own["id"]!.GetValue<string>();
        JobOutcome[] untold = [.. facts.Jobs.Where(j => !taken.Jobs.Contains(j.FirstId))];
        var builds = new List<KcidbBuild>();
        foreach (JobOutcome job in untold.Where(j => KcidbWords.RoleOf(j.Last) == KcidbRole.Build))
            builds.Add(new KcidbBuild(job.Architecture, Words(job.Last.Name), Build(facts, job, checkout)));
        var known = taken.Builds.Select(b => new KcidbBuild((b["architecture"] as JsonValue)?.ToString() ?? "", new HashSet<string>(), b)).Concat(builds).ToList();
        var tests = new List<JsonObject>();
        foreach (JobOutcome job in untold.Where(j => KcidbWords.RoleOf(j.Last) == KcidbRole.Test))
            tests.Add(Test(facts, job, BuildOf(facts, job, checkout, known)));
        return new JsonObject
        {
            ["version"] = new JsonObject { ["major"] = KcidbSchema.Major, ["minor"] = KcidbSchema.Minor },
            ["checkouts"] = List(taken.Checkouts.Count > 0 ? taken.Checkouts : [own]),
            ["builds"] = List(known.Select(b => b.Object)),
            ["tests"] = List(taken.Tests.Concat(tests)),
        };
    }

    private static JsonObject Checkout(KcidbFacts facts, IReadOnlyList<string> leftOut)
    {
        RunDetection run = facts.Run;
        List<string> omitted = [.. leftOut];
        var checkout = new JsonObject
        {
            ["id"] = $"{facts.Origin}:{run.Run}", ["origin"] = facts.Origin, ["tree_name"] = run.Tree.Value,
            ["git_repository_branch"] = SafeText.Line(run.Branch, NameMax), ["patchset_hash"] = "", ["start_time"] = Time(run.DetectedAt),
        };
        if (run.Sha.Value.Length == 40)
            checkout["git_commit_hash"] = run.Sha.Value;
        else
            omitted.Add("git_commit_hash: the schema knows SHA-1 only");
        if (Address(facts.Tree?.Url.ToString()) is { } url && url.StartsWith("https://", StringComparison.Ordinal))
            checkout["git_repository_url"] = url;
        else
            omitted.Add("git_repository_url: it must be https");
        if (!string.IsNullOrWhiteSpace(run.Title))
            checkout["git_commit_message"] = SafeText.Line(run.Title, NameMax);
        if (facts.Attempt.Result is { } result)
            checkout["comment"] = SafeText.Line($"{ReportWords.Of(result.Verdict)}: {result.Reason}");
        if (Address(facts.Attempt.WebUrl) is { } log)
            checkout["log_url"] = log;
        checkout["valid"] = !facts.Jobs.Any(j => j.Says == JobSays.Failed && KcidbWords.RoleOf(j.Last) == KcidbRole.Other);
        if (facts.Missing is { } missing)
            omitted.Add(SafeText.Line(missing));
        Finished(checkout, facts);
        checkout["misc"] = Misc(facts, omitted);
        return checkout;
    }

    private static void Finished(JsonObject checkout, KcidbFacts facts)
    {
        foreach ((string field, KcidbRole role) in new[] { ("origin_builds_finish_time", KcidbRole.Build), ("origin_tests_finish_time", KcidbRole.Test) })
        {
            PipelineJob[] jobs = [.. facts.Jobs.Select(j => j.Last).Where(j => KcidbWords.RoleOf(j) == role)];
            if (jobs.Length > 0 && jobs.All(j => GitLabStatus.IsTerminal(j.Status)) && jobs.Max(j => j.FinishedAt) is { } last)
                checkout[field] = Time(last);
        }
    }

    private static JsonObject Misc(KcidbFacts facts, IReadOnlyList<string> omitted)
    {
        var misc = new JsonObject { ["run"] = facts.Run.Run.Value, ["attempt"] = facts.Attempt.Number };
        if (facts.Attempt.Result is { } result)
            misc["verdict"] = result.Verdict.ToString().ToLowerInvariant();
        if (facts.Run.MergeRequest is { } request)
            misc["merge_request"] = request.ToString();
        if (omitted.Count > 0)
            misc["left_out"] = new JsonArray([.. omitted.Select(o => (JsonNode)JsonValue.Create(o)!)]);
        JsonObject[] others = [.. facts.Jobs.Where(j => KcidbWords.RoleOf(j.Last) == KcidbRole.Other).Take(OthersMax).Select(j => JobOf(j, KcidbWords.StatusOf(j)))];
        if (others.Length > 0)
            misc["other_jobs"] = List(others);
        return misc;
    }

    private static JsonObject Build(KcidbFacts facts, JobOutcome job, string checkout)
    {
        var build = new JsonObject { ["id"] = IdOf(facts, "build", job.Last.Name), ["origin"] = facts.Origin, ["checkout_id"] = checkout };
        if (ArchitectureOf(job.Architecture) is { } architecture)
            build["architecture"] = architecture;
        return Ran(build, job);
    }

    private static JsonObject Test(KcidbFacts facts, JobOutcome job, string build)
    {
        var test = new JsonObject { ["id"] = IdOf(facts, "test", job.Last.Name), ["origin"] = facts.Origin, ["build_id"] = build, ["path"] = PathOf(job.Last) };
        if (job.Told.Runner is { Length: > 0 } runner)
            test["environment"] = new JsonObject { ["comment"] = SafeText.Line(runner, NameMax) };
        return Ran(test, job);
    }

    /// <summary>What builds and tests have in common.</summary>
    private static JsonObject Ran(JsonObject one, JobOutcome job)
    {
        string status = KcidbWords.StatusOf(job);
        one["status"] = status;
        one["comment"] = SafeText.Line(job.Last.Name, NameMax);
        if (job.Told.StartedAt is { } started)
            one["start_time"] = Time(started);
        if (job.Told.DurationSeconds is >= 0 and < 1e9 and { } seconds)
            one["duration"] = Math.Round(seconds, 3);
        if (Address(job.Told.WebUrl) is { } url)
            one["log_url"] = $"{url}/raw";
        if (job.Decision is { Quote.Count: > 0 } decision && status is not "PASS")
            one["log_excerpt"] = Cut(string.Join('\n', decision.Quote.Select(l => SafeText.Line(l))));
        one["misc"] = JobOf(job, null);
        return one;
    }

    private static JsonObject JobOf(JobOutcome job, string? status)
    {
        var told = new JsonObject { ["job"] = SafeText.Line(job.Last.Name, NameMax), ["job_id"] = job.Told.Id, ["stage"] = SafeText.Line(job.Last.Stage, 60), ["reason"] = SafeText.Line(job.Reason) };
        if (status is not null)
            told["status"] = status;
        if (job.Attempts.Count > 1)
            told["attempts"] = job.Attempts.Count;
        return told;
    }

    /// <summary>The build of its architecture whose name has most words in common; one without a status where the pipeline shows none.</summary>
    private static string BuildOf(KcidbFacts facts, JobOutcome test, string checkout, List<KcidbBuild> builds)
    {
        IReadOnlySet<string> words = Words(test.Last.Name);
        KcidbBuild? best = builds.Where(b => b.Architecture == test.Architecture).MaxBy(b => b.Words.Count(words.Contains));
        if (best is null)
        {
            string name = $"implied {test.Architecture}";
            var implied = new JsonObject { ["id"] = IdOf(facts, "build", name), ["origin"] = facts.Origin, ["checkout_id"] = checkout, ["comment"] = "not a job of this pipeline" };
            if (ArchitectureOf(test.Architecture) is { } architecture)
                implied["architecture"] = architecture;
            best = new KcidbBuild(test.Architecture, new HashSet<string>(), implied);
            builds.Add(best);
        }
        return best.Object["id"]!.GetValue<string>();
    }

    private static string IdOf(KcidbFacts facts, string kind, string name)
    {
        string slug = NoWord().Replace(SafeText.Line(name, 60).ToLowerInvariant(), "-").Trim('-');
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..12];
        return string.Create(CultureInfo.InvariantCulture, $"{facts.Origin}:{facts.Run.Run}-{facts.Attempt.Number}-{kind}-{slug}-{hash}");
    }

    /// <summary>Dots part suites from their tests, so a name has none.</summary>
    private static string PathOf(PipelineJob job) => NoWord().Replace(SafeText.Line(job.OwnName, 100).ToLowerInvariant(), "_").Trim('_', '-') is { Length: > 0 } path ? path : "test";

    /// <summary>Null also for what KCIDB would not take: hosts in other letters.</summary>
    private static string? Address(string? text) => SafeText.HttpAddress(text) is { } url && KcidbSchema.IsAddress(url) ? url : null;

    private static string? ArchitectureOf(string name) => name.Length > 0 && !Foreign().IsMatch(name) ? name : null;

    private static string Cut(string text)
    {
        if (text.Length <= KcidbSchema.ExcerptMax)
            return text;
        int end = char.IsHighSurrogate(text[KcidbSchema.ExcerptMax - 1]) ? KcidbSchema.ExcerptMax - 1 : KcidbSchema.ExcerptMax;
        return text[..end];
    }

    private static HashSet<string> Words(string name) => [.. NoWord().Split(SafeText.Line(name, NameMax).ToLowerInvariant()).Where(w => w.Length > 1)];

    private static JsonArray List(IEnumerable<JsonObject> objects) => new([.. objects]);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex("[^a-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex NoWord();

    [GeneratedRegex("[^a-z0-9_]", RegexOptions.CultureInvariant)]
    private static partial Regex Foreign();

    private sealed record KcidbBuild(string Architecture, IReadOnlySet<string> Words, JsonObject Object);
}
