using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.TemplateRooms;

public sealed class FlowRules
{
    private static IReadOnlyList<TemplateResource> Machines => SamTemplate.OfType("AWS::Serverless::StateMachine");

    private static string FlowOf(TemplateResource machine) => Path.GetFileName(machine.Text("DefinitionUri")).Replace(".asl.json", "", StringComparison.Ordinal);

    [Fact]
    public void Both_flows_are_deployed_under_the_stack_s_name() =>
        Assert.Equal(
            Flows.Names.Select(f => (f, $"infra/flows/{f}.asl.json", $"${{AWS::StackName}}-{f}", "STANDARD")).Order(),
            Machines.Select(m => (FlowOf(m), m.Text("DefinitionUri"), (string)m.Properties["Name"]!["Fn::Sub"]!, m.Text("Type"))).Order());

    [Fact]
    public void Every_substitution_of_a_flow_is_supplied_and_none_that_it_does_not_use() =>
        Assert.All(Machines, m => Assert.Equal(
            SamTemplate.Substitutions(Flows.Text(FlowOf(m))).Distinct().Order(StringComparer.Ordinal),
            m.Properties["DefinitionSubstitutions"]!.AsObject().Select(s => s.Key).Order(StringComparer.Ordinal)));

    [Fact]
    public void A_substitution_is_what_its_name_says() =>
        Assert.All(Machines.SelectMany(m => m.Properties["DefinitionSubstitutions"]!.AsObject()), s => Assert.Equal(
            s.Key.EndsWith("Arn", StringComparison.Ordinal) ? $$"""{"Fn::GetAtt":["{{s.Key[..^3]}}","Arn"]}""" : $$"""{"Ref":"{{s.Key[..^3]}}"}""",
            s.Value!.ToJsonString()));

    [Fact]
    public void Flows_are_traced_and_logged_without_their_data() =>
        Assert.All(Machines, m => Assert.Equal(
            ("""{"Enabled":true}""", """{"Level":"ALL","IncludeExecutionData":false,"Destinations":[{"CloudWatchLogsLogGroup":{"LogGroupArn":{"Fn::GetAtt":["LogGroup","Arn"]}}}]}"""),
            (m.Text("Tracing"), m.Text("Logging"))));

    [Fact]
    public void Every_flow_and_every_waiting_task_has_a_time_out() =>
        Assert.All(Flows.Names, flow =>
        {
            JsonNode definition = JsonNode.Parse(Flows.Text(flow))!;
            Assert.NotNull(definition["TimeoutSeconds"]);
            Assert.All(
                definition["States"]!.AsObject().Where(s => (string?)s.Value!["Type"] == "Task"),
                s => Assert.True(s.Value!["TimeoutSeconds"] is not null || s.Value["TimeoutSecondsPath"] is not null, $"{flow}/{s.Key}"));
        });

    [Fact]
    public void A_flow_s_role_invokes_the_functions_and_fills_the_queues_that_the_flow_names() =>
        Assert.All(Machines, m =>
        {
            TemplateResource role = SamTemplate.Get((string)m.Properties["Role"]!["Fn::GetAtt"]![0]!);
            Assert.Equal($"{m.Id}Role", role.Id);
            Assert.Equal(
                SamTemplate.References(m.Properties["DefinitionSubstitutions"]),
                new SortedSet<string>(Grant.Of(role.Properties["Policies"]).SelectMany(g => SamTemplate.References(g.Resource)), StringComparer.Ordinal));
            Assert.All(Grant.Of(role.Properties["Policies"]), g => Assert.Contains(g.Action, new[] { "lambda:InvokeFunction", "sqs:SendMessage" }));
        });

    /// <summary>The machine needs its task function, and that function's role the machine: a reference would be a circle.</summary>
    [Fact]
    public void The_composed_ARNs_are_those_of_the_machines()
    {
        string[] composed =
        [
            .. SamTemplate.Source.Split('\n').Where(l => l.Contains(":stateMachine:", StringComparison.Ordinal))
                .Select(l => l[(l.IndexOf(":stateMachine:", StringComparison.Ordinal) + ":stateMachine:".Length)..].Trim('"', ']', ' ')).Distinct().Order(StringComparer.Ordinal),
        ];
        Assert.Equal(Machines.Select(m => (string)m.Properties["Name"]!["Fn::Sub"]!).Order(StringComparer.Ordinal), composed);
    }
}
