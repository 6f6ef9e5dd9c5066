namespace Cki.GitLabSimulator;

/// <summary>Ready-made traces with messages that real runners, git, curl, gcc and kernels print.</summary>
public static partial class RunnerTraces
{
    public const string JobSucceeded = "Job succeeded";
    public const string JobFailed = "ERROR: Job failed: exit code 1";

    private static readonly TraceSection s_executor = new("prepare_executor", "Preparing the \"kubernetes\" executor",
        "\e[0KUsing Kubernetes namespace: cki-pipeline\e[0;m",
        "\e[0KUsing Kubernetes executor with image quay.io/cki/builder-rawhide:production ...\e[0;m",
        "\e[0KUsing attach strategy to execute scripts...\e[0;m");

    private static readonly TraceSection s_environment = new("prepare_script", "Preparing environment",
        "Waiting for pod cki-pipeline/runner-k8s-project-11-concurrent-0 to be running, status is Pending",
        "Running on runner-k8s-project-11-concurrent-0 via gitlab-runner-7d9c6...");

    private static readonly TraceSection s_sources = new("get_sources", "Getting source from Git repository",
        "\e[32;1mFetching changes with git depth set to 20...\e[0;m",
        "Initialized empty Git repository in /builds/cki/kernel-tests/.git/",
        "\e[32;1mCreated fresh repository.\e[0;m",
        "\e[32;1mChecking out 8c7f7a2b as detached HEAD (ref is main)...\e[0;m",
        "",
        "\e[32;1mSkipping Git submodules setup\e[0;m");

    private static readonly TraceSection s_cleanup = new("cleanup_file_variables", "Cleaning up project directory and file based variables");

    private static readonly TraceSection s_upload = new("upload_artifacts_on_success", "Uploading artifacts for successful job",
        "\e[32;1mUploading artifacts...\e[0;m",
        "artifacts/: found 12 matching artifact files and directories",
        "Uploading artifacts as \"archive\" to coordinator... 201 Created  id=20001 responseStatus=201 Created token=64_x");

    /// <summary>A job whose script printed these lines and went well.</summary>
    public static JobTrace Success(params IReadOnlyList<string> lines) =>
        new([s_executor, s_environment, s_sources, Script(lines.Count > 0 ? lines : s_goodBuild), s_upload, s_cleanup], JobSucceeded);

    /// <summary>A job whose script printed these lines and exited with a code.</summary>
    public static JobTrace ScriptFailure(IReadOnlyList<string> lines, int exitCode = 1) =>
        new([s_executor, s_environment, s_sources, Script(lines), s_cleanup], $"ERROR: Job failed: exit code {exitCode}");

    /// <summary>A failure of the runner in its own sections, before the script.</summary>
    public static JobTrace PrepareFailure(string message, params IReadOnlyList<string> lines) =>
        new([s_executor, s_environment with { Lines = [.. s_environment.Lines.Take(1), .. lines] }], $"ERROR: Job failed (system failure): {message}");

    /// <summary>The pod never came up.</summary>
    public static JobTrace SystemFailure() => PrepareFailure(
        "prepare environment: waiting for pod running: timed out waiting for pod to start. " +
        "Check https://docs.gitlab.com/runner/shells/index.html#shell-profile-loading for more information",
        "Waiting for pod cki-pipeline/runner-k8s-project-11-concurrent-0 to be running, status is Pending",
        "\tContainersNotReady: \"containers with unready status: [build helper]\"");

    /// <summary>The pod vanished in the middle of the script; what it had printed stays.</summary>
    public static JobTrace PodLost(JobTrace during) => during with
    {
        Sections = [.. during.Sections.TakeWhile(section => section.Name != "step_script"), .. during.Sections
            .Where(section => section.Name == "step_script")
            .Select(section => section with { Lines = [.. section.Lines.Take((section.Lines.Count + 1) / 2)] })],
        Epilogue = "ERROR: Job failed (system failure): pods \"runner-k8s-project-11-concurrent-0\" not found",
    };

    /// <summary>The registry did not answer when the runner pulled the image.</summary>
    public static JobTrace ImagePullTimeout() => PrepareFailure(
        "prepare environment: waiting for pod running: pulling image \"quay.io/cki/builder-rawhide:production\": image pull failed: " +
        "rpc error: code = Unknown desc = pinging container registry quay.io: Get \"https://quay.io/v2/\": " +
        "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
        "E:WARNING: Failed to pull image with policy \"\": image pull failed: Back-off pulling image \"quay.io/cki/builder-rawhide:production\"");

    /// <summary>The registry did not answer a command of the script.</summary>
    public static JobTrace RegistryTimeout() => ScriptFailure([
        "$ skopeo copy docker://quay.io/cki/python:production oci:python",
        "Getting image source signatures",
        "E:time=\"2026-11-22T10:08:09Z\" level=fatal msg=\"initializing source docker://quay.io/cki/python:production: " +
        "pinging container registry quay.io: Get \\\"https://quay.io/v2/\\\": dial tcp 34.225.41.113:443: i/o timeout\"",
    ]);

    /// <summary>The source fetch broke half-way.</summary>
    public static JobTrace GitFetchFailure() => new([s_executor, s_environment, new TraceSection("get_sources", "Getting source from Git repository",
        "\e[32;1mFetching changes with git depth set to 20...\e[0;m",
        "Initialized empty Git repository in /builds/cki/kernel-tests/.git/",
        "E:error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)",
        "E:error: 5242 bytes of body are still expected",
        "E:fetch-pack: unexpected disconnect while reading sideband packet",
        "E:fatal: early EOF",
        "E:fatal: fetch-pack: invalid index-pack output"), s_cleanup], JobFailed);

    /// <summary>The name server did not know GitLab.</summary>
    public static JobTrace DnsFailure() => new([s_executor, s_environment, new TraceSection("get_sources", "Getting source from Git repository",
        "\e[32;1mFetching changes with git depth set to 20...\e[0;m",
        "E:fatal: unable to access 'https://gitlab.example/cki/kernel-tests.git/': Could not resolve host: gitlab.example"), s_cleanup], JobFailed);

    private static TraceSection Script(IReadOnlyList<string> lines) =>
        new("step_script", "Executing \"step_script\" stage of the job script", lines);
}
