using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki matchers check</c>: what the herder would decide about a trace, step by step.</summary>
internal static class MatchersCheckVerb
{
    private const int ChunkBytes = 64 * 1024;

    public static Command Command()
    {
        Argument<string[]> traces = new("trace") { Description = "Files with job traces as GitLab serves them, or addresses of jobs (https://.../-/jobs/1)", Arity = ArgumentArity.OneOrMore };
        Option<string> config = Common.Config();
        Option<string?> secrets = MatchersVerbs.Secrets();
        Option<bool> json = Common.Json();
        Option<string> jobName = new("--job-name") { Description = "Name of the job", DefaultValueFactory = _ => "job" };
        Option<string> stage = new("--stage") { Description = "Stage of the job", DefaultValueFactory = _ => "test" };
        Option<string> status = new("--status") { Description = "How GitLab shows the job", DefaultValueFactory = _ => GitLabStatus.Failed };
        Option<string> reason = new("--failure-reason") { Description = "GitLab's failure reason", DefaultValueFactory = _ => "script_failure" };
        return new Command("check", "Say what the herder would decide about job traces, and why") { traces, config, secrets, json, jobName, stage, status, reason }.Doing(async (parsed, cancellationToken) =>
        {
            SuiteConfig suite = ConfigDirectory.Load(parsed.GetValue(config)!);
            var herding = new Herding(MatchersVerbs.Compile(suite.Matchers));
            bool isFailed = parsed.GetValue(status) == GitLabStatus.Failed;
            var job = new PipelineJob(
                0, parsed.GetValue(jobName)!, parsed.GetValue(stage)!, parsed.GetValue(status)!, false, isFailed ? parsed.GetValue(reason) : null, null, "");
            var told = new JsonArray();
            foreach (string trace in parsed.GetValue(traces)!)
            {
                FailedJobFacts facts = JobAddress.Is(trace)
                    ? await new JobHistory(suite, parsed.GetValue(secrets)).FactsAsync(JobAddress.Of(trace, suite), cancellationToken)
                    : new FailedJobFacts(job, await ReadAsync(trace, cancellationToken)) { IsTraceFinal = true };
                HerdDecision decision = herding.Decide(facts);
                if (parsed.GetValue(json))
                    told.Add(ToJson(trace, decision, herding.Matchers.Find(facts)));
                else
                    Tell(trace, facts.Trace, decision, herding.Matchers);
            }
            if (parsed.GetValue(json))
                Common.Print(told);
            return Exit.Good;
        });
    }

    private static async Task<TraceReading> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new BadInputException($"{file}: there is no such file");
        await using FileStream stream = File.OpenRead(file);
        return await ReadAsync(stream, cancellationToken);
    }

    public static async Task<TraceReading> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = new TraceReader();
        byte[] chunk = new byte[ChunkBytes];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
            reader.Feed(chunk.AsSpan(0, read));
        return reader.End();
    }

    private static void Tell(string file, TraceReading trace, HerdDecision decision, Matchers matchers)
    {
        Console.Out.WriteLine($"{file}: {decision.Act.ToString().ToUpperInvariant()}; says of the commit: {decision.Finding.ToString().ToLowerInvariant()}");
        Console.Out.WriteLine($"  1 read      {trace.LineCount} lines, last command {Common.Plain(trace.LastCommand ?? "unknown")}");
        Console.Out.WriteLine($"  2 ended     in {decision.Section}, {trace.End.ToString().ToLowerInvariant()}{(trace.IsComplete ? "" : ", no end mark")}");
        foreach (Evidence evidence in decision.Evidence)
            Console.Out.WriteLine($"  3 evidence  {evidence.Strength.ToString().ToLowerInvariant()}, line {evidence.LineNumber}, {evidence.Name}: {Common.Plain(evidence.Line)}");
        if (decision.Evidence.Count == 0)
            Console.Out.WriteLine("  3 evidence  none");
        bool isBarred = false;
        foreach (EndingLine ending in trace.Ending)
        {
            IReadOnlyList<string> named = matchers.Naming(ending.Line.Text);
            isBarred |= ending.IsUnexplained && named.Count == 0;
            if (named.Count > 0 || ending.IsUnexplained)
                Console.Out.WriteLine($"  4 the end   line {ending.Line.Number}{(isBarred ? ", not counted" : "")}, {(named.Count > 0 ? string.Join(", ", named) : "an error that nothing explains")}: {Common.Plain(ending.Line.Text)}");
        }
        Console.Out.WriteLine($"  5 matcher   {decision.Matcher ?? "none"}{(decision.Class is null ? "" : $" (class {decision.Class})")}{(decision.Act == HerdAct.Retry ? $", after {decision.Delay.TotalSeconds:0} s" : "")}");
        Console.Out.WriteLine($"  6 reason    {Common.Plain(decision.Reason)}");
    }

    public static JsonObject ToJson(string file, HerdDecision decision, MatcherHit hit) => new()
    {
        ["file"] = file,
        ["decision"] = decision.Act.ToString().ToLowerInvariant(),
        ["verdict"] = decision.Finding.ToString().ToLowerInvariant(),
        ["matcher"] = decision.Matcher,
        ["class"] = decision.Class,
        ["section"] = decision.Section,
        ["line"] = hit.Line is not null && hit.Matcher?.Name == decision.Matcher ? hit.Line : decision.Quote.Count > 0 ? decision.Quote[0] : null,
        ["delaySeconds"] = decision.Delay.TotalSeconds,
        ["evidence"] = new JsonArray([.. decision.Evidence.Select(e => (JsonNode)new JsonObject
        {
            ["name"] = e.Name, ["strength"] = e.Strength.ToString().ToLowerInvariant(), ["line"] = e.Line,
        })]),
        ["reason"] = decision.Reason,
    };
}
