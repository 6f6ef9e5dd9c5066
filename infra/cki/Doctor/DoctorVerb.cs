using System.CommandLine;
using System.Text.Json.Nodes;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary><c>cki doctor</c>: everything that can be looked at without changing it, and what to do about what is wrong.</summary>
internal static class DoctorVerb
{
    public static Command Command()
    {
        Option<Uri?> url = Common.Url("How GitLab reaches the front door; default as the installation says");
        Option<bool> json = Common.Json();
        var command = new Command("doctor", "Look for what is wrong or will be; exit 0: nothing, 1: something, 2: cannot tell") { url, json };
        var where = new WhereWithFiles(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, cancellationToken);
            using HttpClient http = OutboundHttp.Create();
            DoctorFacts facts = await new Examination(opened, http, parsed.GetValue(url) ?? opened.FrontDoor).LookAsync(cancellationToken);
            IReadOnlyList<Finding> findings = Diagnosis.Of(facts);
            if (parsed.GetValue(json))
                Common.Print(ToJson(facts, findings));
            else
                foreach (string line in DoctorText.Lines(facts, findings))
                    Console.Out.WriteLine(line);
            return Diagnosis.ExitCode(findings);
        });
    }

    private static JsonObject ToJson(DoctorFacts facts, IReadOnlyList<Finding> findings) => new()
    {
        ["installation"] = facts.Installation,
        ["at"] = facts.Now,
        ["exit"] = Diagnosis.ExitCode(findings),
        ["findings"] = new JsonArray([.. findings.Select(f => (JsonNode)new JsonObject
        {
            ["severity"] = f.Severity.ToString().ToLowerInvariant(), ["check"] = f.Check, ["what"] = f.What, ["fix"] = f.Fix,
        })]),
    };
}

/// <summary>What the doctor says to people.</summary>
internal static class DoctorText
{
    public static IEnumerable<string> Lines(DoctorFacts facts, IReadOnlyList<Finding> findings)
    {
        foreach (Finding finding in findings.OrderByDescending(f => f.Severity))
        {
            yield return $"{Mark(finding.Severity)} {finding.Check}: {Common.Plain(finding.What)}";
            if (finding.Fix is { } fix)
                yield return $"     {Common.Plain(fix)}";
        }
        int problems = findings.Count(f => f.Severity == Severity.Problem);
        int unknown = findings.Count(f => f.Severity == Severity.CannotTell);
        yield return (problems, unknown) switch
        {
            (0, 0) => $"{facts.Installation}: nothing is wrong.",
            (0, _) => $"{facts.Installation}: nothing was found wrong, but {unknown} thing(s) could not be looked at.",
            _ => $"{facts.Installation}: {problems} problem(s){(unknown > 0 ? $", and {unknown} thing(s) could not be looked at" : "")}.",
        };
    }

    private static string Mark(Severity severity) => severity switch { Severity.Problem => "BAD ", Severity.CannotTell => "?   ", _ => "note" };
}
