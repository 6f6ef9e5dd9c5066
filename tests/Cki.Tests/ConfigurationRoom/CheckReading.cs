using Cki.Adapters;
using Xunit;

namespace Cki.Tests.ConfigurationRooms;

public sealed class CheckReading : ConfigRoom
{
    private ChecksConfig Read(string checks)
    {
        Put("checks.yaml", $"checks:\n{string.Join('\n', checks.Split('\n').Select(l => $"  - {l}"))}\n");
        Assert.Equal([], Errors());
        return Good().Checks;
    }

    [Fact]
    public void The_file_may_be_missing_and_then_there_are_no_checks()
    {
        Assert.Empty(Good().Checks.Checks);
        string before = Good().Hash;
        Put("checks.yaml", "checks: []\n");
        Assert.NotEqual(before, Good().Hash);
    }

    [Fact]
    public void What_every_check_may_say_is_read()
    {
        ChecksConfig read = Read(
            """
            {name: dns, kind: dns, host: db.example.org, addresses: [192.0.2.1, "2001:db8::1"]}
            {name: db, kind: tcp, host: db.example.org, port: 5432, slow_ms: 200, interval: 2m, timeout: 3s, looks: 4, depends_on: dns, means: It is gone., do: Call.}
            """);
        CheckConfig db = read.Check("db")!;
        Assert.Equal(
            new CheckConfig("db", new CheckTarget.Tcp("db.example.org", 5432, 200))
            {
                Interval = TimeSpan.FromMinutes(2), Timeout = TimeSpan.FromSeconds(3), Looks = 4, DependsOn = db.DependsOn, Means = "It is gone.", Do = "Call.",
            },
            db);
        Assert.Equal(["dns"], db.DependsOn);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10), 2), (read.Checks[0].Interval, read.Checks[0].Timeout, read.Checks[0].Looks));
        Assert.Equal(["192.0.2.1", "2001:db8::1"], Assert.IsType<CheckTarget.Dns>(read.Checks[0].Target).Addresses);
    }

    [Fact]
    public void A_heartbeat_s_interval_is_its_own_and_it_is_looked_at_each_minute()
    {
        CheckConfig check = Assert.Single(Read("{name: mirror, kind: heartbeat, token_secret: mirror-token, interval: 1d, grace: 2h}").Checks);
        Assert.Equal(
            new CheckConfig("mirror", new CheckTarget.Heartbeat("mirror-token", TimeSpan.FromDays(1), TimeSpan.FromHours(2)))
            {
                Interval = TimeSpan.FromMinutes(1), Looks = 1, DependsOn = check.DependsOn,
            },
            check);
        Assert.Equal(["mirror-token"], check.Target.Secrets);
    }

    [Fact]
    public void Checks_survive_a_bundle()
    {
        Read("{name: disk, kind: filesystem, path: /}");
        ConfigBundle bundle = ConfigDirectory.Bundle(Folder);
        Assert.Equal(["channels.yaml", "checks.yaml", "matchers.yaml", "sources.yaml", "trees.yaml"], bundle.Files.Select(f => f.Name));
        CheckConfig disk = Assert.Single(Assert.IsType<ConfigReading.Good>(bundle.Read()).Config.Checks.Checks);
        Assert.Equal((new CheckTarget.Filesystem("/", 10, 10), true), (disk.Target, disk.Target.IsLocal));
    }

    [Theory]
    [InlineData("{name: a}",
        "kind: is missing; known are dns, filesystem, git, gitlab, heartbeat, http, image-digest, json, log-match, mount, rabbitmq, runners, s3, smtp, sqs, tcp, tls, uptime")]
    [InlineData("{name: a, kind: http, url: 'ftp://x/'}", "url: 'ftp://x/' must be an http or https address")]
    [InlineData("{name: a, kind: http, url: 'https://u:p@x/'}", "url: must not hold a user or password: this file is no place for secrets")]
    [InlineData("{name: a, kind: http, url: 'https://x/', status: [200, 99]}", "status: '99' is no HTTP status from 100 to 599")]
    [InlineData("{name: a, kind: http, url: 'https://x/', body: '(?=x)'}",
        "body: needs what a matcher of bounded time cannot do: no lookaround, no backreferences, no atomic groups, no huge repetitions")]
    [InlineData("{name: a, kind: http, url: 'https://x/', interval: 30s}", "interval: must be a duration such as 90s, 5m, 2h or 3d, from 1m to 1d, not '30s'")]
    [InlineData("{name: a, kind: http, url: 'https://x/', timeout: 2m}", "timeout: must be a duration such as 90s, 5m, 2h or 3d, from 1s to 1m, not '2m'")]
    [InlineData("{name: a, kind: tcp, host: x}", "port: is missing")]
    [InlineData("{name: a, kind: tcp, host: x, port: 70000}", "port: must be a whole number from 1 to 65535, not '70000'")]
    [InlineData("{name: a, kind: dns, host: x, addresses: [y]}", "addresses: 'y' is no IP address")]
    [InlineData("{name: a, kind: tcp, host: x, port: 1, depends_on: [b]}", "depends_on: 'b' is none of the checks; did you mean 'a'?")]
    [InlineData("{name: a, kind: tcp, host: x, port: 1, depends_on: [a]}", "depends_on: leads back to 'a' itself")]
    [InlineData("{name: a, kind: gitlab, host: gitlab.exmple}", "host: 'gitlab.exmple' is none of the hosts in trees.yaml; did you mean 'gitlab.example'?")]
    [InlineData("{name: a, kind: json, url: 'https://x/', path: '$.a[', most: 1}", "path: a number, *, ? or 'name' is expected at character 5 of '$.a['")]
    [InlineData("{name: a, kind: json, url: 'https://x/', path: '$.a', measure: age, most: 1}", "measure: an age has longest, and neither most nor least")]
    [InlineData("{name: a, kind: json, url: 'https://x/', path: '$.a'}", "measure: a count or number has most, least or both, and not longest")]
    [InlineData("{name: a, kind: mount, path: mnt}", "path: 'mnt' must begin with /")]
    [InlineData("{name: a, kind: image-digest, image: builder}",
        "image: 'builder' must be registry/repository:tag with the registry's host, such as quay.io/cki/builder:latest")]
    [InlineData("{name: a, kind: sqs, queue: herd, queue_url: 'https://x/y'}", "queue: either queue, one of our own, or queue_url")]
    [InlineData("{name: a, kind: rabbitmq, url: 'https://x/', user_secret: u, password_secret: p, ready_most: 1}",
        "queue: is missing: ready_most, unacked_most and consumers_least are a queue's")]
    [InlineData("{name: a, kind: heartbeat, token_secret: t}", "interval: is missing: how often a beat is expected")]
    [InlineData("{name: a, kind: heartbeat, token_secret: t, interval: 1h, looks: 2}",
        "looks: is unknown; known are name, kind, depends_on, means, do, token_secret, interval, grace")]
    public void What_cannot_work_is_refused(string check, string error)
    {
        Put("checks.yaml", $"checks: [{check}]");
        Assert.Equal($"checks[0].{error}", Assert.Single(Errors()).Split(": ", 2)[1]);
    }

    [Theory]
    [InlineData("{name: w, weekly: 'someday'}", "weekly: 'someday' must be a window of UTC such as 'sat 02:00-04:00' or 'mon-fri 22:00-06:00'")]
    [InlineData("{name: w}", "weekly: either weekly, or from and until")]
    [InlineData("{name: w, from: 2026-12-24T08:00Z}", "from: from and until come together")]
    [InlineData("{name: w, from: 2026-12-24T08:00Z, until: 2026-12-23T08:00Z}", "until: must be later than from")]
    [InlineData("{name: w, from: tomorrow, until: 2026-12-23T08:00Z}", "from: 'tomorrow' must be a time of UTC such as 2026-12-24T08:00Z")]
    [InlineData("{name: w, checks: [b], weekly: 'sat 00:00-24:00'}", "checks: 'b' is none of the checks; did you mean 'a'?")]
    public void A_window_that_never_holds_is_refused(string window, string error)
    {
        Put("checks.yaml", $"checks: [{{name: a, kind: tcp, host: x, port: 1}}]\nmaintenance: [{window}]");
        Assert.Equal($"maintenance[0].{error}", Assert.Single(Errors()).Split(": ", 2)[1]);
    }

    [Fact]
    public void An_error_names_its_line_and_column()
    {
        Put("checks.yaml", "checks:\n  - name: a\n    kind: tcp\n    host: x\n    port: many\n");
        Assert.Equal(["checks.yaml:5:11: checks[0].port: must be a whole number from 1 to 65535, not 'many'"], Errors());
    }

    [Fact]
    public void A_window_holds_for_its_checks_and_its_time()
    {
        Put("checks.yaml",
            """
            checks: [{name: a, kind: tcp, host: x, port: 1}, {name: b, kind: tcp, host: x, port: 1}]
            maintenance: [{name: lab, checks: [a], weekly: "sun 10:00-13:00"}, {name: move, from: 2026-12-24T08:00Z, until: 2026-12-24T10:00Z}]
            """);
        ChecksConfig checks = Good().Checks;
        var sunday = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
        var move = new DateTimeOffset(2026, 12, 24, 8, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            ["lab", null, null, "move", "move", null],
            [
                checks.MaintenanceOf("a", sunday), checks.MaintenanceOf("b", sunday), checks.MaintenanceOf("a", sunday.AddHours(1)), checks.MaintenanceOf("a", move),
                checks.MaintenanceOf("b", move.AddHours(1.9)), checks.MaintenanceOf("b", move.AddHours(2)),
            ]);
    }
}
