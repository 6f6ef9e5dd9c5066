using System.CommandLine;
using Cki.Tool.Demo;

namespace Cki.Tool;

/// <summary><c>cki demo</c>: the whole suite against a simulated GitLab that breaks; exits 0 only if every expectation held.</summary>
internal static class DemoVerb
{
    public static Command Command()
    {
        Option<bool> serve = new("--serve") { Description = "Keep board and simulated GitLab up afterwards, until Ctrl-C" };
        Option<bool> json = Common.Json();
        Option<bool> outage = new("--outage") { Description = "Take GitLab down for the middle third of the story as well" };
        Option<string?> keep = new("--keep") { Description = "Directory for configuration, database and reports; default a temporary one that is removed" };
        return new Command("demo", "Watch two commits go through: broken runners, a lost webhook, a commit that does not compile") { serve, json, outage, keep }
            .Doing(async (parsed, cancellationToken) =>
            {
                using var place = new DemoPlace(parsed.GetValue(keep));
                var options = new DemoOptions(place.Directory, parsed.GetValue(serve), parsed.GetValue(outage), parsed.GetValue(json));
                return await new DemoRun(options, DemoTeller.For(options)).RunAsync(cancellationToken);
            });
    }
}
