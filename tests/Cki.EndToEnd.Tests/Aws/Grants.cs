using System.IO.Enumeration;
using System.Text.Json.Nodes;

namespace Cki.EndToEnd.Tests.Aws;

/// <summary>One permission of one function: an action on a resource pattern, of a named statement.</summary>
internal sealed record Grant(string Function, string Statement, string Action, string Pattern)
{
    public bool Allows(RecordedCall call) =>
        call.Function == Function && Action == call.Action && (Pattern == "*" || FileSystemName.MatchesSimpleExpression(Pattern, call.Resource, ignoreCase: false));
}

/// <summary>What the template's roles let the functions do: inline policies and the managed ones of the template.</summary>
internal sealed class Grants
{
    private readonly IReadOnlyList<Grant> grants;

    private Grants(IReadOnlyList<Grant> grants) => this.grants = grants;

    public static Grants Of(Deployment deployment)
    {
        var grants = new List<Grant>();
        foreach ((string function, DeployedResource resource) in deployment.OfType("AWS::Lambda::Function"))
        {
            string arn = (string)resource.Wanted["Role"]!;
            JsonObject role = deployment.OfType("AWS::IAM::Role").Single(one => arn.EndsWith("/" + one.Value.Id, StringComparison.Ordinal)).Value.Wanted;
            IEnumerable<JsonNode> documents = role["Policies"]!.AsArray().Select(policy => policy!["PolicyDocument"]!)
                .Concat(role["ManagedPolicyArns"]!.AsArray().Select(policy => deployment.OfType("AWS::IAM::ManagedPolicy").Single(one => one.Value.Id == (string)policy!).Value.Wanted["PolicyDocument"]!));
            grants.AddRange(documents.SelectMany(document => document["Statement"]!.AsArray()).SelectMany(statement => Read(function, statement!)));
        }
        return new Grants(grants);
    }

    /// <summary><c>function statement action</c>.</summary>
    public IEnumerable<string> Names => grants.Select(grant => $"{grant.Function} {grant.Statement} {grant.Action}").Distinct();

    /// <summary>Calls that no statement allows, as text.</summary>
    public IEnumerable<string> Forbidden(IEnumerable<RecordedCall> calls) =>
        calls.Where(call => !grants.Any(grant => grant.Allows(call))).Select(call => $"{call.Function} {call.Action} {call.Resource}");

    /// <summary>Statements' actions that no call needed: <c>function statement action</c>.</summary>
    public IEnumerable<string> Unused(IReadOnlyList<RecordedCall> calls) =>
        grants.GroupBy(grant => $"{grant.Function} {grant.Statement} {grant.Action}")
            .Where(same => !calls.Any(call => same.Any(grant => grant.Allows(call)))).Select(same => same.Key);

    private static IEnumerable<Grant> Read(string function, JsonNode statement)
    {
        if ((string)statement["Effect"]! != "Allow" || statement["Condition"] is not null)
            throw new InvalidOperationException($"{function}: the test understands plain Allow only: {statement.ToJsonString()}");
        return from action in Texts(statement["Action"]!)
               from pattern in Texts(statement["Resource"]!)
               select new Grant(function, (string)statement["Sid"]!, action, pattern);
    }

    private static IEnumerable<string> Texts(JsonNode node) => node is JsonArray many ? many.Select(one => (string)one!) : [(string)node!];
}
