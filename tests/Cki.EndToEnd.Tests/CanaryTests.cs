using System.Net;
using System.Text;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>Secrets wherever the configuration takes one, and in headers and addresses where strangers put them: none shows up anywhere else.</summary>
public sealed class CanaryTests
{
    private static readonly string s_signing = Key("canary-signing-key-of-our-source");
    private static readonly string s_consumer = Key("canary-key-of-a-webhook-consumer");
    private static readonly string s_channel = Key("canary-key-of-a-webhook-channel!");

    /// <summary>By the name of their secret.</summary>
    private static readonly Dictionary<string, string> s_secrets = new()
    {
        ["gitlab-token"] = SuiteFiles.ApiToken, ["gitlab-hook"] = SuiteFiles.HookToken, ["gitlab-signing"] = s_signing, ["consumer-key"] = s_consumer, ["channel-key"] = s_channel,
        ["amqp-user"] = "canary-amqp-user", ["amqp-password"] = "canary-amqp-password", ["smtp-user"] = "canary-smtp-user", ["smtp-password"] = "canary-smtp-password",
        ["alerts-token"] = "canary-bearer-token", ["grafana"] = "canary-basic-user:canary-basic-password", ["sentry-key"] = "canary-sentry-key",
    };

    private static readonly string[] s_strangers =
        ["canary-wrong-token", "canary-authorization", "canary-cookie", "canary-custom-header", "canary-in-a-query", "canary-in-an-address", "canary-other-bearer"];

    [Fact]
    public async Task No_secret_is_in_store_log_board_report_answer_or_backup()
    {
        using var scratch = new Scratch();
        await using TestGitLab gitLab = await TestGitLab.StartAsync();
        gitLab.World.Commit(TestGitLab.Tree, "main", "Linux 6.19-rc1");
        Write(scratch, gitLab);
        await using CkiUp cki = await CkiUp.StartAsync(scratch, more: ["--url", "http://door.example/"]);
        await LoopTests.HasBaselineAsync(scratch);
        gitLab.HookTo(cki.Address);
        var said = new StringBuilder();
        await StrangersAsync(cki, said);
        string sha = gitLab.World.Commit(TestGitLab.Tree, "main", "net: a story").Sha;
        await Waiting.UntilAsync(
            () => Directory.Exists(scratch.In("reports")) && Directory.GetFiles(scratch.In("reports"), $"*{sha[..12]}*final*.txt").Length > 0
                && cki.Process.Output.Contains("at 127.0.0.1:1 exchange", StringComparison.Ordinal) && cki.Process.Output.Contains("consumer dashboard", StringComparison.Ordinal),
            TimeSpan.FromSeconds(90), () => cki.Process.Output);
        foreach (string key in (await Store.KeysAsync(scratch, "board/")).Append("board/index.html"))
            said.AppendLine(await (await cki.Http.GetAsync($"/{key}")).Content.ReadAsStringAsync());
        said.AppendLine(await cki.Http.GetStringAsync("/metrics"));
        foreach (string[] verb in new string[][] { ["run", "list", "--json"], ["dead", "list", "--json"], ["doctor", "--json"], ["config", "show", "--json"], ["backup", scratch.In("whole.backup")], ["replay", "--from", "2020-01-01", "--target", "dashboard", "--dry-run"] })
            said.AppendLine((await CkiUp.VerbAsync([.. verb, "--data", scratch.In("data")])).Output);
        said.AppendLine((await CkiUp.VerbAsync("config", "check", "--config", WithAddresses(scratch))).Output);
        said.AppendLine(cki.Process.Output);
        await cki.Process.KillAsync();

        string[] found = [.. Everywhere(scratch, said.ToString()).SelectMany(place => Canaries().Where(c => place.Text.Contains(c.Text, StringComparison.Ordinal)).Select(c => $"{c.Name} in {place.Name}"))];
        Assert.Empty(found);
        Assert.Contains(Everywhere(scratch, said.ToString()), place => place.Text.Contains(sha, StringComparison.Ordinal) && place.Name == "cki.db");
    }

    private static void Write(Scratch scratch, TestGitLab gitLab)
    {
        new SuiteFiles(gitLab.Address, $"{gitLab.Address}{TestGitLab.Tree}.git") { TreeProject = TestGitLab.Tree }.Write(scratch);
        scratch.Write("config/sources.yaml", """
            sources:
              - { name: gitlab, kind: gitlab, host: gitlab.test, token_secrets: [gitlab-hook], signing_secrets: [gitlab-signing] }
              - { name: alerts, kind: bearer, token_secrets: [alerts-token] }
              - { name: grafana, kind: basic, token_secrets: [grafana] }
              - { name: sentry, kind: sentry, signing_secrets: [sentry-key] }
            consumers:
              - { name: dashboard, kind: webhook, bindings: ["#"], url: "http://127.0.0.1:1/take", key_secret: consumer-key }
              - { name: cki, kind: amqp, bindings: ["#"], broker: "amqp://127.0.0.1:1/", exchange: webhooks, user_secret: amqp-user, password_secret: amqp-password }
            """);
        File.AppendAllText(scratch.In("config", "channels.yaml"), """

              - { name: results, kind: webhook, url: "http://127.0.0.1:1/results", key_secret: channel-key, for_operators: true }
              - { name: operators-mail, kind: mail, smtp_host: 127.0.0.1, smtp_port: 1, from: CKI <cki@example.org>, to: [ops@example.org], user_secret: smtp-user, password_secret: smtp-password, for_operators: true }
            """);
        foreach ((string name, string value) in s_secrets)
            scratch.Write($"secrets/{name}", value);
    }

    private static async Task StrangersAsync(CkiUp cki, StringBuilder said)
    {
        async Task PostAsync(string path, HttpStatusCode wanted, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("{\"object_kind\":\"emoji\"}", Encoding.UTF8, "application/json") };
            foreach ((string name, string value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage response = await cki.Http.SendAsync(request);
            said.AppendLine(await response.Content.ReadAsStringAsync());
            Assert.Equal(wanted, response.StatusCode);
        }
        await PostAsync("/webhooks/gitlab?token=canary-in-a-query", HttpStatusCode.Accepted, ("X-Gitlab-Token", SuiteFiles.HookToken), ("Authorization", "Bearer canary-authorization"),
            ("Cookie", "session=canary-cookie"), ("X-Custom-Secret", "canary-custom-header"), ("Idempotency-Key", "d-1"));
        await PostAsync("/webhooks/gitlab", HttpStatusCode.Unauthorized, ("X-Gitlab-Token", "canary-wrong-token"));
        await PostAsync("/webhooks/gitlab", HttpStatusCode.Unauthorized, ("X-Gitlab-Token", SuiteFiles.HookToken), ("webhook-signature", "v1,canary-wrong-token"));
        await PostAsync("/webhooks/alerts", HttpStatusCode.Accepted, ("Authorization", "Bearer canary-bearer-token"));
        await PostAsync("/webhooks/alerts", HttpStatusCode.Unauthorized, ("Authorization", "Bearer canary-other-bearer"));
        await PostAsync("/webhooks/grafana", HttpStatusCode.Accepted, ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(s_secrets["grafana"]))}"));
        await PostAsync("/webhooks/grafana", HttpStatusCode.Unauthorized, ("Authorization", $"Basic {Convert.ToBase64String("canary-wrong-token:x"u8)}"));
    }

    /// <summary>What somebody may write by mistake; the errors about it go to logs and chats.</summary>
    private static string WithAddresses(Scratch scratch)
    {
        string bad = scratch.In("config-bad");
        Directory.CreateDirectory(bad);
        foreach (string file in Directory.GetFiles(scratch.In("config")))
            File.Copy(file, Path.Combine(bad, Path.GetFileName(file)));
        string sources = File.ReadAllText(Path.Combine(bad, "sources.yaml"));
        File.WriteAllText(Path.Combine(bad, "sources.yaml"), sources
            .Replace("amqp://127.0.0.1:1/", "ampq://user:canary-in-an-address@broker.example/", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:1/take", "https://user:canary-in-an-address@dashboard.example/", StringComparison.Ordinal)
            .Replace("[gitlab-hook]", "[Canary-custom-header_canary-wrong-token]", StringComparison.Ordinal));
        string trees = File.ReadAllText(Path.Combine(bad, "trees.yaml"));
        File.WriteAllText(Path.Combine(bad, "trees.yaml"), trees.Replace("url: http://", "url: ssh://git:canary-in-an-address@", StringComparison.Ordinal));
        return bad;
    }

    /// <summary>Files as bytes: the database's pages and its log, free ones too.</summary>
    private static IEnumerable<(string Name, string Text)> Everywhere(Scratch scratch, string said)
    {
        yield return ("what was said", said);
        string[] secret = [scratch.In("secrets"), scratch.In("config-bad")];
        foreach (string file in Directory.GetFiles(scratch.Path, "*", SearchOption.AllDirectories).Where(f => !secret.Any(s => f.StartsWith(s, StringComparison.Ordinal))))
            yield return (Path.GetFileName(file), Encoding.Latin1.GetString(File.ReadAllBytes(file)));
    }

    /// <summary>As they are, and as base64 at any place of a longer text.</summary>
    private static IEnumerable<(string Name, string Text)> Canaries()
    {
        foreach (string canary in s_secrets.Values.SelectMany(v => v.Split(':')).Concat(s_strangers))
        {
            yield return (canary, canary);
            for (int offset = 0; offset < 3; offset++)
            {
                string coded = Convert.ToBase64String([.. new byte[offset], .. Encoding.UTF8.GetBytes(canary)]);
                yield return ($"base64 of {canary}", coded[(offset == 0 ? 0 : offset + 1)..^4]);
            }
        }
    }

    private static string Key(string text) => $"whsec_{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}";
}
