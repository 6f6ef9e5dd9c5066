using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.ConfigurationRooms;

/// <summary>The examples and the editors' schemas under infra/config.</summary>
public sealed class ShippedFiles : ConfigRoom
{
    public static readonly TheoryData<string, string, string[]> Schemas = new()
    {
        { "trees", "", ConfigFields.TreesFile },
        { "trees", "host", ConfigFields.Host },
        { "trees", "tree", [.. ConfigFields.Tree, ".extends"] },
        { "trees", "fallback", ConfigFields.Fallback },
        { "trees", "pipeline", ConfigFields.Pipeline },
        { "sources", "", ConfigFields.SourcesFile },
        { "sources", "source", ConfigFields.Source },
        { "sources", "webhook_consumer", ConfigFields.WebhookConsumer },
        { "sources", "amqp_consumer", ConfigFields.AmqpConsumer },
        { "sources", "sqs_consumer", ConfigFields.SqsConsumer },
        { "channels", "", ConfigFields.ChannelsFile },
        { "channels", "mail", ConfigFields.MailChannel },
        { "channels", "mail_rule", ConfigFields.MailRule },
        { "channels", "mail_maintainers", ConfigFields.MailMaintainers },
        { "channels", "mail_authors", ConfigFields.MailAuthors },
        { "channels", "folder", ConfigFields.FolderChannel },
        { "channels", "commit_status", ConfigFields.CommitStatusChannel },
        { "channels", "webhook", ConfigFields.WebhookChannel },
        { "channels", "slack", ConfigFields.SlackChannel },
        { "channels", "irc", ConfigFields.IrcChannel },
        { "matchers", "", ConfigFields.MatchersFile },
        { "trees", "merge_requests", ConfigFields.MergeRequests },
        { "trees", "adopt", ConfigFields.Adopt },
        { "trees", "budgets", ConfigFields.Budgets },
        { "trees", "retry_budget", ConfigFields.RetryBudget },
        { "trees", "pipeline_budget", ConfigFields.PipelineBudget },
        { "trees", "tenant", ConfigFields.Tenant },
        { "matchers", "outage", ConfigFields.Outage },
        { "checks", "", ConfigFields.ChecksFile },
        { "checks", "maintenance", ConfigFields.Maintenance },
        { "matchers", "matcher", ConfigFields.Matcher },
        { "matchers", "group", ConfigFields.MatcherGroup },
    };

    [Theory]
    [MemberData(nameof(Schemas))]
    public void The_schema_knows_exactly_the_fields_that_are_read(string file, string definition, string[] fields)
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(RepositoryFolder($"infra/config/{file}.schema.json")))!;
        JsonNode entry = definition.Length == 0 ? schema : schema["definitions"]![definition]!;
        Assert.False(entry["additionalProperties"]!.GetValue<bool>());
        Assert.Equal(fields.Order(), entry["properties"]!.AsObject().Select(p => p.Key).Order());
    }

    [Fact]
    public void The_schema_knows_exactly_the_fields_of_each_kind_of_check()
    {
        JsonNode schema = JsonNode.Parse(File.ReadAllText(RepositoryFolder("infra/config/checks.schema.json")))!;
        Assert.Equal(
            ConfigFields.CheckKinds.Keys.Append("maintenance").Order(StringComparer.Ordinal), schema["definitions"]!.AsObject().Select(d => d.Key).Order(StringComparer.Ordinal));
        Assert.All(ConfigFields.CheckKinds, kind =>
        {
            JsonNode entry = schema["definitions"]![kind.Key]!;
            Assert.False(entry["additionalProperties"]!.GetValue<bool>());
            Assert.Equal(kind.Value.Order(), entry["properties"]!.AsObject().Select(p => p.Key).Order());
            Assert.Equal(kind.Key, (string?)entry["properties"]!["kind"]!["const"]);
        });
    }

    /// <summary>What is commented out of checks.yaml works when it is taken out of its comments.</summary>
    [Fact]
    public void The_examples_of_checks_are_good()
    {
        string text = File.ReadAllText(RepositoryFolder("infra/config/checks.yaml")).Replace("maintenance: []", "maintenance:", StringComparison.Ordinal);
        string[] lines = [.. text.Split('\n').Select(l => l.StartsWith("#  ", StringComparison.Ordinal) ? l[1..] : l)];
        foreach (string name in SuiteConfig.FileNames)
            Put(name, File.ReadAllText(RepositoryFolder($"infra/config/{name}")));
        Put("checks.yaml", string.Join('\n', lines));
        Assert.Equal([], Errors());
        ChecksConfig checks = Good().Checks;
        Assert.Equal(ConfigFields.CheckKinds.Keys, checks.Checks.Select(c => c.Target.Kind).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(["lab-saturday", "move"], checks.Maintenance.Select(m => m.Name));
    }

    [Fact]
    public void The_examples_are_good()
    {
        foreach (string name in SuiteConfig.FileNames.Concat(SuiteConfig.OptionalFileNames))
            Put(name, File.ReadAllText(RepositoryFolder($"infra/config/{name}")));
        Assert.Equal([], Errors());
        Assert.Equal(["gitlab"], Good().Checks.Checks.Select(c => c.Name));
        Assert.NotEmpty(Good().Matchers.Matchers);
        Assert.Equal(["mainline", "kernel-ark"], Good().Trees.Select(t => t.Name.Value));
        Assert.Equal(["developers", "operators", "commit-status", "files", "results-hook", "labs", "slack-hook", "slack-threads", "irc", "chat", "kcidb", "merge-request-note"], Good().Channels.Select(c => c.Name));
    }
}
