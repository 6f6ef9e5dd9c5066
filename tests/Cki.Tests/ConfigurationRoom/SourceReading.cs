using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class SourceReading : ConfigRoom
{
    [Fact]
    public void Sources_of_every_kind_are_read()
    {
        Put("sources.yaml", """
            sources:
              - {name: gitlab, kind: gitlab, host: gitlab.example, token_secrets: t, signing_secrets: [a, b]}
              - {name: github, kind: github, signing_secrets: k}
              - {name: sentry, kind: sentry, signing_secrets: k}
              - {name: jira, kind: hmac, signing_secrets: k, header: X-Hub-Signature, prefix: 'sha256=', encoding: base64, event_header: X-Event, host: jira.example}
              - {name: team, kind: standard-webhooks, signing_secrets: k}
              - {name: alerts, kind: bearer, token_secrets: k, alerts: true}
              - {name: grafana, kind: basic, token_secrets: k}
            """);
        SourceConfig[] read = [.. Good().Sources];
        Assert.Equal(SourceKinds.All, read.Select(s => s.Kind));
        Assert.Equal(["a", "b"], read[0].SigningSecrets);
        Assert.Equal("github.com", read[1].Host);
        Assert.Equal(["alerts"], read.Where(s => s.SendsAlerts).Select(s => s.Name));
        Assert.Equal(
            ("jira.example", "x-hub-signature", "sha256=", true, "x-event"), (read[3].Host, read[3].ProofHeader, read[3].ProofPrefix, read[3].IsBase64, read[3].EventHeader));
    }

    [Theory]
    [InlineData("{name: a, kind: github}", "signing_secrets: must name at least one secret")]
    [InlineData("{name: a, kind: bearer}", "token_secrets: must name at least one secret")]
    [InlineData("{name: a, kind: hmac, signing_secrets: k}", "header: must name the header that carries the signature")]
    [InlineData("{name: a, kind: github, signing_secrets: k, token_secrets: t}", "token_secrets: have no meaning for github, which signs: name signing_secrets")]
    [InlineData("{name: a, kind: basic, token_secrets: k, signing_secrets: t}", "signing_secrets: have no meaning for basic, which signs nothing")]
    [InlineData("{name: a, kind: sentry, signing_secrets: k, prefix: x}", "prefix: has no meaning for sentry")]
    [InlineData("{name: a, kind: sentry, signing_secrets: k, alerts: true}", "alerts: has no meaning for sentry")]
    [InlineData("{name: a, kind: hmac, signing_secrets: k, header: 'a b'}", "header: 'a b' is no name of a header")]
    public void A_source_that_could_not_work_or_would_let_everybody_in_is_refused(string source, string error)
    {
        Put("sources.yaml", $"sources: [{source}]");
        Assert.Equal([$"sources[0].{error}"], Errors().Select(e => e.Split(": ", 2)[1]));
    }

    [Fact]
    public void Consumers_are_read()
    {
        Put("sources.yaml", """
            consumers:
              - {name: chat, kind: webhook, bindings: '#.push', url: 'https://chat.example/hook', key_secret: k, pace: 1s}
              - {name: bus, kind: amqp, bindings: [gitlab.com.#, '*.issue'], broker: 'amqps://broker.example:5671/v', exchange: cki.exchange.webhooks, user_secret: u, password_secret: p}
              - {name: team, kind: sqs, bindings: '#', queue_url: 'https://sqs.eu-central-1.amazonaws.com/1/team'}
            """);
        ConsumerConfig[] read = [.. Good().Consumers];
        Assert.Equal(new ConsumerConfig.Webhook("chat", read[0].Bindings, new Uri("https://chat.example/hook"), "k") { Pace = TimeSpan.FromSeconds(1) }, read[0]);
        Assert.Equal(new ConsumerConfig.Amqp("bus", read[1].Bindings, new Uri("amqps://broker.example:5671/v"), "cki.exchange.webhooks", "u", "p"), read[1]);
        Assert.Equal(new ConsumerConfig.Sqs("team", read[2].Bindings, new Uri("https://sqs.eu-central-1.amazonaws.com/1/team")), read[2]);
        Assert.Equal([["#.push"], ["gitlab.com.#", "*.issue"], ["#"]], read.Select(c => c.Bindings.ToArray()));
    }

    [Theory]
    [InlineData("{name: a, kind: webhook, bindings: 'a..b', url: 'https://x', key_secret: k}", "bindings: has an empty word")]
    [InlineData("{name: a, kind: webhook, url: 'https://x', key_secret: k}", "bindings: must name at least one, such as gitlab.com.cki-project.#")]
    [InlineData("{name: a, kind: amqp, bindings: '#', broker: 'amqp://u:p@x', exchange: e}", "broker: must not hold a user or password: this file is no place for secrets")]
    [InlineData("{name: a, kind: amqp, bindings: '#', broker: 'http://x', exchange: e}", "broker: 'http://x' must be an address such as amqps://broker.example:5671/vhost")]
    [InlineData("{name: a, kind: amqp, bindings: '#', broker: 'amqp://x', exchange: e, user_secret: u}", "user_secret: user_secret and password_secret come together")]
    public void A_consumer_that_cannot_work_is_refused(string consumer, string error)
    {
        Put("sources.yaml", $"consumers: [{consumer}]");
        Assert.Equal([$"consumers[0].{error}"], Errors().Select(e => e.Split(": ", 2)[1]));
    }
}
