using System.Text.Json.Nodes;

namespace Cki.Tests.TemplateRooms;

/// <summary>A function of the template with what belongs to it.</summary>
internal sealed record SuiteFunction(TemplateResource Resource)
{
    public string Id => Resource.Id;

    /// <summary>The stage whose zip it runs.</summary>
    public string Stage => Path.GetFileNameWithoutExtension(Resource.Text("CodeUri"));

    public TemplateResource Role => SamTemplate.Get((string)Resource.Properties["Role"]!["Fn::GetAtt"]![0]!);

    public long Timeout => (long)Resource.Properties["Timeout"]!;

    /// <summary>Its own variables; Globals has those of all.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Variables =>
        Resource.Properties["Environment"]!["Variables"]!.AsObject().ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);

    /// <summary>Logical ids of the queues that wake it.</summary>
    public IReadOnlyList<string> Queues => [.. QueueEvents.Select(e => (string)e["Queue"]!["Fn::GetAtt"]![0]!)];

    public IReadOnlyList<JsonObject> QueueEvents =>
    [
        .. (Resource.Properties["Events"]?.AsObject() ?? []).Where(e => (string)e.Value!["Type"]! == "SQS").Select(e => e.Value!["Properties"]!.AsObject()),
    ];

    /// <summary>Logical ids of the queues that its role may send to.</summary>
    public IReadOnlySet<string> MaySendTo =>
        new SortedSet<string>(Grants.Where(g => g.Action == "sqs:SendMessage").SelectMany(g => SamTemplate.References(g.Resource)), StringComparer.Ordinal);

    /// <summary>What its own role allows, without what every function may do.</summary>
    public IReadOnlyList<Grant> Grants => [.. Grant.Of(Role.Properties["Policies"])];

    public static IReadOnlyList<SuiteFunction> All => [.. SamTemplate.OfType("AWS::Serverless::Function").Select(f => new SuiteFunction(f))];

    public override string ToString() => Id;
}

/// <summary>One allowed action on one resource.</summary>
internal sealed record Grant(string Sid, string Action, JsonNode Resource)
{
    /// <summary>Every Allow of the policies below a node, single actions by single resources.</summary>
    public static IEnumerable<Grant> Of(JsonNode? policies)
    {
        var found = new List<Grant>();
        SamTemplate.Visit(policies, node =>
        {
            if (node is not JsonObject statement || (string?)(statement["Effect"] as JsonValue) != "Allow" || statement["Resource"] is null)
                return;
            found.AddRange(
                from action in SamTemplate.Many(statement["Action"])
                from resource in SamTemplate.Many(statement["Resource"])
                select new Grant((string?)statement["Sid"] ?? "", (string)action!, resource));
        });
        return found;
    }
}
