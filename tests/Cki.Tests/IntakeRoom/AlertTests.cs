using System.Text;
using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Cki.WebhookIntake;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>Alertmanager and Grafana reach chat through our door.</summary>
public sealed class AlertTests
{
    private readonly InMemoryPorts _world = new();
    private readonly WebhookDoor _door;

    public AlertTests()
    {
        _world.Config.Current = A.Config(A.Tree()) with
        {
            Sources = [new SourceConfig("alertmanager", "bearer", "", ["key"]) { SendsAlerts = true }, new SourceConfig("plain", "bearer", "", ["key"])],
        };
        _world.Secrets.Values["key"] = "s3cret";
        _door = WebhookIntakeStage.Compose(_world.Ports, NullLoggerFactory.Instance).Door;
    }

    private async Task<int> PostAsync(string body, string source = "alertmanager")
    {
        var headers = new Dictionary<string, string> { ["authorization"] = "Bearer s3cret" };
        return (await _door.ReceiveAsync(new DoorRequest("POST", $"/webhooks/{source}", headers, Encoding.UTF8.GetBytes(body)), CancellationToken.None)).Status;
    }

    /// <summary>As Alertmanager's documentation has it.</summary>
    private static string Group(params string[] alerts) =>
        $$$"""
        {"version":"4","groupKey":"{}:{alertname=\"CkiWorkLate\"}","truncatedAlerts":0,"status":"firing","receiver":"cki","groupLabels":{"alertname":"CkiWorkLate"},
         "commonLabels":{},"commonAnnotations":{},"externalURL":"http://alerts.example:9093","alerts":[{{{string.Join(',', alerts)}}}]}
        """;

    private static string Alert(string status = "firing", string fingerprint = "1a2b3c4d5e6f7081") =>
        $$$"""
        {"status":"{{{status}}}","labels":{"alertname":"CkiWorkLate","queue":"detect","severity":"page"},
         "annotations":{"summary":"The oldest message of detect is 20 minutes old","runbook":"infra/runbook.md#ckiworklate"},
         "startsAt":"2026-11-22T12:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example:9090/graph?g0.expr=x","fingerprint":"{{{fingerprint}}}"}
        """;

    [Fact]
    public async Task An_alert_is_a_notice_with_its_words_its_links_and_its_labels()
    {
        Assert.Equal(202, await PostAsync(Group(Alert())));
        NoticeRaised notice = Assert.Single(_world.Queue.Messages<NoticeRaised>());
        Assert.Equal(
            new NoticeRaised(
                "alert-alertmanager-1a2b3c4d5e6f7081",
                "alertmanager: CkiWorkLate: The oldest message of detect is 20 minutes old",
                """
                Since: 2026-11-22T12:00:00Z
                Runbook: infra/runbook.md#ckiworklate
                Look: http://prometheus.example:9090/graph?g0.expr=x
                Labels: queue=detect, severity=page
                """),
            notice);
        Assert.Equal("alert-", Runbook.EntryOf(notice.Key));
    }

    [Fact]
    public async Task One_that_is_resolved_ends_its_notice()
    {
        await PostAsync(Group(Alert("resolved"), Alert(fingerprint: "ff")));
        Assert.Equal(
            [("alert-alertmanager-1a2b3c4d5e6f7081", true), ("alert-alertmanager-ff", false)], _world.Queue.Messages<NoticeRaised>().Select(n => (n.Key, n.Recovered)));
        Assert.Equal(
            "alertmanager: resolved: CkiWorkLate: The oldest message of detect is 20 minutes old", _world.Queue.Messages<NoticeRaised>().First(n => n.Recovered).Title);
    }

    [Fact]
    public async Task Without_a_fingerprint_the_labels_tell_it_apart_whatever_its_state()
    {
        await PostAsync(Group(Alert(fingerprint: ""), Alert("resolved", fingerprint: "../x")));
        NoticeRaised[] told = [.. _world.Queue.Messages<NoticeRaised>()];
        Assert.Equal(told[0].Key, told[1].Key);
        Assert.Matches("^alert-alertmanager-[0-9a-f]{16}$", told[0].Key);
    }

    [Fact]
    public async Task Of_hundreds_the_first_fifty_are_told_each_and_the_rest_by_their_number()
    {
        JsonNode group = JsonNode.Parse(Group([.. Enumerable.Range(0, 60).Select(i => Alert(fingerprint: $"{i:x4}"))]))!;
        group["truncatedAlerts"] = 5;
        await PostAsync(group.ToJsonString());
        NoticeRaised[] told = [.. _world.Queue.Messages<NoticeRaised>()];
        Assert.Equal(51, told.Length);
        Assert.Equal("alertmanager: 15 more alerts of cki", told[50].Title);
    }

    [Theory]
    [InlineData("nonsense", "alerts are expected, but the body is not what Alertmanager posts ($, line 1, byte 2)")]
    [InlineData("null", "alerts are expected, but the body has no list 'alerts' of objects")]
    [InlineData("""{"alerts":[null]}""", "alerts are expected, but the body has no list 'alerts' of objects")]
    [InlineData("""{"alerts":[{"status":"pending"}]}""", "an alert's status is 'pending', not firing or resolved")]
    [InlineData("""{"alerts":[{"labels":{"a":1}}]}""", "alerts are expected, but the body is not what Alertmanager posts ($.alerts[0].labels.a, line 1, byte 28)")]
    public async Task What_is_no_alert_is_told_to_operators_and_kept(string body, string reason)
    {
        Assert.Equal(202, await PostAsync(body));
        NoticeRaised notice = Assert.Single(_world.Queue.Messages<NoticeRaised>());
        Assert.Equal("unreadable-delivery-alertmanager", notice.Key);
        Assert.Contains(reason, notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_words_stay_one_line_and_bounded()
    {
        JsonNode group = JsonNode.Parse(Group(Alert()))!;
        group["alerts"]![0]!["annotations"]!["summary"] = "a\r\n%TOPIC \u001b[31m\u202e" + new string('x', 100_000);
        group["alerts"]![0]!["annotations"]!["description"] = string.Join('\n', Enumerable.Repeat("y", 10_000));
        group["alerts"]![0]!["generatorURL"] = "javascript:alert(1)";
        await PostAsync(group.ToJsonString());
        NoticeRaised notice = Assert.Single(_world.Queue.Messages<NoticeRaised>());
        Assert.True(notice.Title.Length <= 250 && notice.Text.Length <= 5000, $"{notice.Title.Length} and {notice.Text.Length}");
        Assert.DoesNotContain(notice.Title, c => char.IsControl(c) || c == '\u202e');
        Assert.DoesNotContain("javascript", notice.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_does_not_send_alerts_tells_operators_nothing()
    {
        Assert.Equal(202, await PostAsync(Group(Alert()), "plain"));
        Assert.Empty(_world.Queue.Messages<NoticeRaised>());
    }

    [Fact]
    public async Task An_alert_that_no_queue_takes_is_spilled_once()
    {
        _world.Queue.Before = _ => throw new IOException("no queue");
        Assert.Equal(202, await PostAsync(Group(Alert())));
        string key = Assert.Single(_world.Store.Under("spill/"));
        Assert.EndsWith("-alert-alertmanager-1a2b3c4d5e6f7081.json", key, StringComparison.Ordinal);
    }
}
