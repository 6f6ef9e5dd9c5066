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
    public void The_examples_are_good()
    {
        foreach (string name in SuiteConfig.FileNames)
            Put(name, File.ReadAllText(RepositoryFolder($"infra/config/{name}")));
        Assert.Equal([], Errors());
        Assert.NotEmpty(Good().Matchers.Matchers);
        Assert.Equal(["mainline", "kernel-ark"], Good().Trees.Select(t => t.Name.Value));
        Assert.Equal(["developers", "operators", "commit-status", "files", "results-hook", "labs", "slack-hook", "slack-threads", "irc", "chat"], Good().Channels.Select(c => c.Name));
    }
}
