namespace Cki.Tool.Demo;

/// <summary>The demo's own configuration: everything as an operator would write it, with delays of seconds.</summary>
internal static class DemoConfig
{
    private const string Trees = """
        hosts:
          - name: gitlab.demo
            url: GITLAB_URL
            token_secret: gitlab-demo-token
            bot_user: cki-bot

        trees:
          - name: demo
            url: GITLAB_URL/cki/linux.git
            project: gitlab.demo/cki/linux
            branches: [main]
            poll_interval: 2s
            report_to: [reports, commit-status]
            pipeline:
              project: gitlab.demo/cki/kernel-pipelines
              ref: main
              deadline: 1h
              settle_quiet: 2s
              check_interval: 2s
        """;

    private const string Sources = """
        sources:
          - name: gitlab
            kind: gitlab
            host: gitlab.demo
            token_secrets: [gitlab-demo-hook]
        """;

    private const string Channels = """
        channels:
          - name: reports
            kind: folder
            path: REPORTS
          - name: commit-status
            kind: commit_status
            context: cki
          - name: operators
            kind: folder
            path: NOTICES
            for_operators: true
        """;

    private const string Matchers = """
        matchers:
          - name: runner-system-failure
            description: The runner or its pod failed, not the job
            class: runner
            failure_reason: runner_system_failure
            action: retry
            retry_delays: [2s, 5s]
          - name: registry-timeout
            description: A container registry did not answer in time
            class: registry
            messages: ['pinging container registry \S+: .*(i/o timeout|Client\.Timeout exceeded)']
            action: retry
            retry_delays: [3s, 10s]
        """;

    /// <summary>Writes the four files.</summary>
    public static void Write(string directory, Uri gitLab, string reports, string notices)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "trees.yaml"), Trees.Replace("GITLAB_URL", gitLab.ToString().TrimEnd('/')));
        File.WriteAllText(Path.Combine(directory, "sources.yaml"), Sources);
        File.WriteAllText(Path.Combine(directory, "channels.yaml"), Channels.Replace("REPORTS", reports).Replace("NOTICES", notices));
        File.WriteAllText(Path.Combine(directory, "matchers.yaml"), Matchers);
    }
}
