namespace Cki.EndToEnd.Tests;

/// <summary>Configuration and secrets as an operator would write them, with delays of seconds.</summary>
internal sealed record SuiteFiles(Uri GitLab, string TreeUrl)
{
    public const string HookToken = "e2e-hook-token";
    public const string ApiToken = "e2e-api-token";

    public int SmtpPort { get; init; }

    /// <summary>The tree lives on the GitLab itself; null: any git server.</summary>
    public string? TreeProject { get; init; }

    public string PollInterval { get; init; } = "1s";

    public void Write(Scratch scratch)
    {
        scratch.Write("config/trees.yaml", $"""
            hosts:
              - name: gitlab.test
                url: {GitLab.ToString().TrimEnd('/')}
                token_secret: gitlab-token
                bot_user: cki-bot
            trees:
              - name: linux
                url: {TreeUrl}
                {(TreeProject is null ? "" : $"project: gitlab.test/{TreeProject}")}
                branches: [main, "topic-*"]
                poll_interval: {PollInterval}
                report_to: [{string.Join(", ", ReportTo())}]
                pipeline:
                  project: gitlab.test/cki/kernel-pipelines
                  ref: main
                  deadline: 1h
                  settle_quiet: 1s
                  check_interval: 2s
            """);
        scratch.Write("config/sources.yaml", """
            sources:
              - name: gitlab
                kind: gitlab
                host: gitlab.test
                token_secrets: [gitlab-hook]
            """);
        scratch.Write("config/channels.yaml", $"""
            channels:
              - name: reports
                kind: folder
                path: {scratch.In("reports")}
              - name: operators
                kind: folder
                path: {scratch.In("notices")}
                for_operators: true
            {(SmtpPort == 0 ? "" : MailChannel())}
            """);
        // Runners die by script, several at once: none of these is an outage, whose retries would be held for many minutes.
        scratch.Write("config/matchers.yaml", """
            outages:
              - class: runner
                pipelines: 1000
            matchers:
              - name: runner-system-failure
                description: The runner or its pod failed, not the job
                class: runner
                failure_reason: runner_system_failure
                action: retry
                retry_delays: [1s]
              - name: registry-timeout
                description: A container registry did not answer in time
                class: registry
                messages: ['pinging container registry \S+: .*(i/o timeout|Client\.Timeout exceeded)']
                action: retry
                retry_delays: [1s]
            """);
        scratch.Write("secrets/gitlab-token", ApiToken);
        scratch.Write("secrets/gitlab-hook", HookToken);
    }

    private string[] ReportTo() => SmtpPort == 0 ? ["reports"] : ["reports", "mail"];

    private string MailChannel() => $"""
          - name: mail
            kind: mail
            smtp_host: 127.0.0.1
            smtp_port: {SmtpPort}
            starttls: false
            from: CKI <cki@example.org>
            to: [linux-list@example.org]
        """;
}
