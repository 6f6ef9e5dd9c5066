using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki matchers check</c>: what the herder would decide about a stored trace, and why.</summary>
internal static class MatchersVerbs
{
    private const int ChunkBytes = 64 * 1024;

    public static Command Command() => new("matchers", "Matchers of the herder") { Check() };

    private static Command Check()
    {
        Argument<string[]> files = new("trace") { Description = "Files with job traces as GitLab serves them", Arity = ArgumentArity.OneOrMore };
        Option<string> config = Common.Config();
        Option<bool> json = Common.Json();
        Option<string> jobName = new("--job-name") { Description = "Name of the job", DefaultValueFactory = _ => "job" };
        Option<string> stage = new("--stage") { Description = "Stage of the job", DefaultValueFactory = _ => "test" };
        Option<string> status = new("--status") { Description = "How GitLab shows the job", DefaultValueFactory = _ => GitLabStatus.Failed };
        Option<string> reason = new("--failure-reason") { Description = "GitLab's failure reason", DefaultValueFactory = _ => "script_failure" };
        return new Command("check", "Say what the herder would decide about job traces, and why") { files, config, json, jobName, stage, status, reason }.Doing(async (parsed, cancellationToken) =>
        {
            Matchers matchers = Matchers.Compile(ConfigDirectory.Load(parsed.GetValue(config)!).Matchers);
            if (matchers.Refused.Count > 0)
                throw new ConfigRefusedException(matchers.Refused);
            var herding = new Herding(matchers);
            bool isFailed = parsed.GetValue(status) == GitLabStatus.Failed;
            var job = new PipelineJob(
                0, parsed.GetValue(jobName)!, parsed.GetValue(stage)!, parsed.GetValue(status)!, false, isFailed ? parsed.GetValue(reason) : null, null, "");
            var checkedTraces = new JsonArray();
            foreach (string file in parsed.GetValue(files)!)
            {
                TraceReading trace = await ReadAsync(file, cancellationToken);
                HerdDecision decision = herding.Decide(new FailedJobFacts(job, trace) { IsTraceFinal = true });
                if (parsed.GetValue(json))
                    checkedTraces.Add(ToJson(file, decision));
                else
                    Tell(file, trace, decision);
            }
            if (parsed.GetValue(json))
                Common.Print(checkedTraces);
            return Exit.Good;
        });
    }

    private static async Task<TraceReading> ReadAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new BadInputException($"{file}: there is no such file");
        await using FileStream stream = File.OpenRead(file);
        var reader = new TraceReader();
        byte[] chunk = new byte[ChunkBytes];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
            reader.Feed(chunk.AsSpan(0, read));
        return reader.End();
    }

    private static void Tell(string file, TraceReading trace, HerdDecision decision)
    {
        Console.Out.WriteLine($"{file}: {decision.Act.ToString().ToUpperInvariant()}; says of the commit: {decision.Finding.ToString().ToLowerInvariant()}");
        Console.Out.WriteLine($"  read      {trace.LineCount} lines, ended in {decision.Section}, {(trace.IsComplete ? "complete" : "no end mark")}, last command {Common.Plain(trace.LastCommand ?? "unknown")}");
        foreach (Evidence evidence in decision.Evidence)
            Console.Out.WriteLine($"  {evidence.Strength.ToString().ToLowerInvariant(),-9} line {evidence.LineNumber}: {evidence.Name}: {Common.Plain(evidence.Line)}");
        Console.Out.WriteLine($"  matcher   {decision.Matcher ?? "none"}{(decision.Class is null ? "" : $" (class {decision.Class})")}{(decision.Act == HerdAct.Retry ? $", after {decision.Delay.TotalSeconds:0} s" : "")}");
        Console.Out.WriteLine($"  reason    {Common.Plain(decision.Reason)}");
    }

    private static JsonObject ToJson(string file, HerdDecision decision) => new()
    {
        ["file"] = file,
        ["decision"] = decision.Act.ToString().ToLowerInvariant(),
        ["verdict"] = decision.Finding.ToString().ToLowerInvariant(),
        ["matcher"] = decision.Matcher,
        ["class"] = decision.Class,
        ["section"] = decision.Section,
        ["line"] = decision.Quote.Count > 0 ? decision.Quote[0] : null,
        ["delaySeconds"] = decision.Delay.TotalSeconds,
        ["evidence"] = new JsonArray([.. decision.Evidence.Select(e => (JsonNode)new JsonObject
        {
            ["name"] = e.Name, ["strength"] = e.Strength.ToString().ToLowerInvariant(), ["line"] = e.Line,
        })]),
        ["reason"] = decision.Reason,
    };
}
