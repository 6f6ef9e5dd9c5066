using System.Text.Json.Nodes;
using Cki.Simulation.Tests;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ComponentRooms;

/// <summary>infra/config/components.yaml against its schema and against the code. That it comes true is shown by the simulation.</summary>
public sealed class ComponentFile
{
    private static readonly IReadOnlyList<ComponentEntry> s_components = ComponentBook.Load(Path.Combine(Checkout.Root, "infra", "config", "components.yaml"));

    private static readonly JsonNode s_schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "infra", "config", "components.schema.json")))!;

    [Fact]
    public void Every_queue_stage_task_port_and_kind_of_channel_is_a_component() =>
        Assert.Equal(Code.Components.Order(StringComparer.Ordinal), s_components.SelectMany(component => component.Is).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void How_a_component_is_noticed_is_in_the_code() => Assert.All(s_components, component =>
    {
        Assert.All(component.Also.Append(component.Noticed.Notice).OfType<string>(), notice => Assert.True(Code.Tells(notice), $"nobody tells of {notice}"));
        Assert.True(component.Noticed.Alarm is not { } alarm || Code.Alarms(alarm), $"template.yaml has no {component.Noticed.Alarm}");
        Assert.True(component.Noticed.Metric is not { } metric || Code.Measures(metric), $"nobody measures {component.Noticed.Metric}");
        Assert.All(component.ShownBy, test => Assert.True(Code.IsTested(test), $"there is no test {test}"));
    });

    [Fact]
    public void Whatever_is_no_channel_of_errors_is_noticed_somehow() => Assert.Equal(
        ["sentry"], s_components.Where(component => component.Noticed is { Notice: null, Alarm: null, Metric: null }).Select(component => component.Name));

    [Fact]
    public void The_schema_knows_exactly_the_fields_and_words_that_are_read()
    {
        foreach ((string definition, string[] fields) in ComponentBook.Fields)
        {
            JsonNode entry = s_schema["definitions"]![definition]!;
            Assert.False(entry["additionalProperties"]!.GetValue<bool>());
            Assert.Equal(fields.Order(StringComparer.Ordinal), entry["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        }
        foreach ((string field, string[] words) in ComponentBook.Words)
        {
            JsonNode property = ComponentBook.Fields.Keys.Select(d => s_schema["definitions"]![d]!["properties"]![field]).Single(p => p is not null)!;
            Assert.Equal(words, (property["enum"] ?? property["items"]!["enum"])!.AsArray().Select(w => (string)w!));
        }
    }

    [Fact]
    public void What_is_wrong_is_told_all_at_once_with_its_place()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, File.ReadAllText(Path.Combine(Checkout.Root, "infra", "config", "components.yaml")).Replace("class: optional", "class: nice", StringComparison.Ordinal).Replace("also: [poll-*, channel-*]", "aslo: []", StringComparison.Ordinal));
            string[] errors = Assert.Throws<FormatException>(() => ComponentBook.Load(file)).Message.Split('\n');
            Assert.Equal(s_components.Count(c => c.Class == "optional"), errors.Count(e => e.Contains("class: 'nice' is none of essential, necessary, optional", StringComparison.Ordinal)));
            Assert.Contains(errors, e => e.EndsWith("there is no field 'aslo'", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
