using System.Text.Json;
using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

public sealed class KcidbDocumentTests
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, NewLine = "\n" };

    public static TheoryData<string> Names => [.. KcidbRuns.All.Keys];

    private static string[] Statuses(JsonObject document, string list) => [.. document[list]!.AsArray().Select(o => $"{o!["comment"] ?? o["id"]}: {o["status"]}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_is_told_as_checkout_builds_and_tests(string name)
    {
        JsonObject document = KcidbDocument.Of(KcidbRuns.All[name]());
        Golden.Check($"kcidb/{name}.json", document.ToJsonString(s_indented) + "\n");
        Assert.Empty(KcidbSchema.Faults(document));
    }

    [Fact]
    public Task Every_one_of_them_follows_the_published_schema() => KcidbReference.CheckAsync([.. KcidbRuns.All.Values.Select(make => KcidbDocument.Of(make()))]);

    [Fact]
    public void The_same_attempt_is_the_same_objects_and_another_attempt_is_not()
    {
        string[] Ids(KcidbFacts facts) => [.. new[] { "checkouts", "builds", "tests" }.SelectMany(l => KcidbDocument.Of(facts)[l]!.AsArray().Select(o => (string)o!["id"]!))];
        KcidbFacts facts = KcidbRuns.All["failed"]();
        KcidbFacts later = KcidbRuns.All["failed"]() with { Attempt = facts.Attempt with { Number = 2 } };
        Assert.Equal(Ids(facts), Ids(KcidbRuns.All["failed"]()));
        // The checkout is the commit, which stays.
        Assert.Equal([Ids(facts)[0]], Ids(facts).Intersect(Ids(later)));
    }

    [Fact]
    public void Only_evidence_fails()
    {
        foreach (JobSays says in Enum.GetValues<JobSays>())
        {
            JobOutcome job = KcidbRuns.Outcome(1, "test x86_64", says, status: GitLabStatus.Failed);
            JobOutcome unproved = job with { Decision = A.Decision(HerdAct.Leave, JobFinding.Known) };
            Assert.Equal(says is JobSays.Failed or JobSays.Known, KcidbWords.StatusOf(job) == "FAIL");
            Assert.Equal(says is JobSays.Failed, KcidbWords.StatusOf(unproved) == "FAIL");
        }
        Assert.Equal(["build x86_64: ERROR"], Statuses(KcidbDocument.Of(KcidbRuns.All["infrastructure"]()), "builds"));
        JobOutcome never = KcidbRuns.Outcome(1, "test x86_64", JobSays.Infrastructure, status: GitLabStatus.Failed);
        Assert.Equal("MISS", KcidbWords.StatusOf(never with { Told = never.Told with { StartedAt = null } }));
    }

    [Fact]
    public void A_file_of_the_pipeline_speaks_for_its_job_with_statuses_corrected()
    {
        JsonObject document = KcidbDocument.Of(KcidbRuns.WithFile());
        Assert.Equal(
            ["example_ci:t-a-1: FAIL", "example_ci:t-a-2: PASS", "example_ci:t-b-1: ERROR", "example_ci:t-b-2: PASS", "test ppc64le: MISS"], Statuses(document, "tests"));
        Assert.Equal(["example_ci:b-a", "example_ci:b-b"], document["builds"]!.AsArray().Select(b => (string)b!["id"]!).Take(2));
        Assert.Equal("""{"cki_serverless":{"status_was":"FAIL","reason":"the host died"}}""", document["tests"]![2]!["misc"]!.ToJsonString());
        Assert.Equal(["example_ci:c1"], document["builds"]!.AsArray().Select(b => (string)b!["checkout_id"]!).Distinct());
    }

    [Theory]
    [InlineData("""{"version":{"major":4,"minor":3},"tests":[{"id":"example_ci:1"}]}""")]
    [InlineData("""{"version":{"major":"5"},"tests":{}}""")]
    [InlineData("""{"version":{"major":5},"tests":"x","builds":5,"checkouts":null}""")]
    [InlineData("""{"version":{"major":5},"tests":[{"id":"example_ci:1","origin":"example_ci","build_id":"example_ci:1","misc":{"a":{"b":{"c":"\ud800"}}}}]}""")]
    public void A_file_that_is_none_leaves_the_job_to_speak_for_itself(string content)
    {
        KcidbFacts facts = KcidbRuns.All["undetermined"]();
        JsonObject document = KcidbDocument.Of(facts with { Files = [new KcidbFile(facts.Jobs[1], (JsonObject)JsonNode.Parse(content)!)] });
        Assert.Equal(["test x86_64: ERROR"], Statuses(document, "tests"));
        Assert.Empty(KcidbSchema.Faults(document));
    }

    /// <summary>Whatever GitLab's jobs and strangers' files hold, the document follows both our rules and the published schema, and holds no null.</summary>
    [Fact]
    public async Task Random_runs_follow_the_schema()
    {
        var dice = new SeededDice(53);
        JsonObject[] documents = [.. Enumerable.Range(0, 150).Select(_ => KcidbDocument.Of(Random(dice)))];
        Assert.All(documents, d => Assert.Empty(KcidbSchema.Faults(d)));
        Assert.All(documents, d => Assert.DoesNotContain(Values(d), v => v is null));
        await KcidbReference.CheckAsync(documents);
    }

    private static KcidbFacts Random(SeededDice dice)
    {
        string[] words = ["build", "test", "boot", "x86_64", "arm64", "s390x", "debug", Runs.Hostile, "", " ", "/", ":", "é", "\ud800", "prepare", new string('n', 300), "a|b", "%2F", "\0"];
        string[] statuses = [GitLabStatus.Success, GitLabStatus.Failed, GitLabStatus.Canceled, GitLabStatus.Skipped, GitLabStatus.Manual, "running", "invented"];
        string[] urls = ["", "x", "https://gitlab.example/j/1", "https://ex ample/", "ftp://x/", "https://g/?a={b}|c", "https://ünï.example/", "//x"];
        T Pick<T>(T[] of) => of[dice.Roll("pick") % (ulong)of.Length];
        JobOutcome Job(int id)
        {
            JobOutcome job = KcidbRuns.Outcome(id, $"{Pick(words)} {Pick(words)} {id}", Pick(Enum.GetValues<JobSays>()), Pick(words), Pick(statuses));
            PipelineJob told = job.Told with
            {
                WebUrl = Pick(urls), Runner = Pick(words), DurationSeconds = Pick<double?>([null, 0, -1, 1e300, double.NaN, double.PositiveInfinity, 3.14159]),
                StartedAt = Pick<DateTimeOffset?>([null, A.Noon, DateTimeOffset.MinValue, DateTimeOffset.MaxValue]),
            };
            return job with { Told = told, Architecture = Pick(words) };
        }
        JobOutcome[] jobs = [.. Enumerable.Range(1, (int)(dice.Roll("jobs") % 12)).Select(Job)];
        KcidbFacts facts = KcidbRuns.Facts(Pick(Enum.GetValues<Verdict>()), Pick(words), jobs);
        return facts with
        {
            Run = Runs.Detection(Pick(words)) with { Branch = Pick(words) },
            Files = [.. jobs.Take((int)(dice.Roll("files") % 3)).Select(j => new KcidbFile(j, KcidbRuns.WithFile().Files[0].Content))],
        };
    }

    private static IEnumerable<JsonNode?> Values(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(p => Values(p.Value)),
        JsonArray list => list.SelectMany(Values),
        _ => [node],
    };
}
