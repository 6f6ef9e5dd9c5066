using Cki.Tests.Doubles;

namespace Cki.Tests.HerdingRoom;

/// <summary>For each shipped matcher: what it must take, and something alike that it must leave.</summary>
public static class MatcherSamples
{
    public sealed record Sample(string Matcher, string Reason, TraceSection Section, string? Epilogue, params string[] Lines)
    {
        public string Status { get; init; } = GitLabStatus.Failed;

        public FailedJobFacts Facts(TraceReading trace) =>
            new(A.Job(7, "test x86_64", Status) with { FailureReason = Status == GitLabStatus.Failed ? Reason : null }, trace) { IsTraceFinal = true };
    }

    private const string S = "script_failure";
    private const string R = "runner_system_failure";
    private const string Exit = "ERROR: Job failed: exit code 1";
    private const string Lost = "ERROR: Job failed (system failure): ";

    public static IReadOnlyList<Sample> Positive { get; } =
    [
        new("pod-evicted", R, TraceSection.Script, Lost + "pod \"runner-1\" evicted: The node was low on resource: ephemeral-storage", "ready"),
        new("pod-lost", R, TraceSection.Script, Lost + "pods \"runner-k8s-0\" not found", "ready"),
        new("node-preempted", R, TraceSection.Script, Lost + "aborted: spot instance reclaimed", "ready"),
        new("runner-interrupted", "runner_interrupted", TraceSection.Script, null, "ready"),
        new("no-updates", "no_updates_running", TraceSection.Script, null, "ready"),
        new("registry-rate-limit", S, TraceSection.Script, Exit, "Error: reading manifest latest in docker.io/library/x: toomanyrequests: You have reached your pull rate limit"),
        new("image-pull", R, TraceSection.Prepare, Lost + "prepare environment: waiting for pod running: pulling image \"quay.io/cki/x\": image pull failed: unauthorized", "Waiting for pod"),
        new("registry-timeout", S, TraceSection.Script, Exit, "time=\"2026-11-22T10:08:09Z\" level=fatal msg=\"initializing source: pinging container registry quay.io: dial tcp 34.225.41.113:443: i/o timeout\""),
        new("registry-5xx", S, TraceSection.Script, Exit, "Error: initializing source docker://quay.io/x: reading manifest: received unexpected HTTP status: 502 Bad Gateway"),
        new("dns", S, TraceSection.GetSources, Exit, "fatal: unable to access 'https://gitlab.example/x.git/': Could not resolve host: gitlab.example"),
        new("cki-loop", S, TraceSection.Script, Exit, "cki-loop: gave up after 5 (rc=1): aws s3 cp"),
        new("git-fetch", S, TraceSection.GetSources, Exit, "error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly", "fatal: early EOF", "fatal: fetch-pack: invalid index-pack output"),
        new("artifact-upload", R, TraceSection.Upload, Exit, "ERROR: Uploading artifacts as \"archive\" to coordinator... 503 Service Unavailable"),
        new("artifact-download", R, TraceSection.GetSources, Lost + "exit status 1", "ERROR: Downloading artifacts from coordinator... 502 Bad Gateway"),
        new("api-failure", "api_failure", TraceSection.Script, null, "ready"),
        new("gitlab-internal", "data_integrity_failure", TraceSection.Prepare, null, "ready"),
        new("http-rate-limit", S, TraceSection.Script, Exit, "curl: (22) The requested URL returned error: 429"),
        new("http-5xx", S, TraceSection.Script, Exit, "curl: (22) The requested URL returned error: 503"),
        new("connection-refused", S, TraceSection.Script, Exit, "curl: (7) Failed to connect to s3.example port 443 after 3 ms: Couldn't connect to server"),
        new("connection-reset", S, TraceSection.Script, Exit, "curl: (56) Recv failure: Connection reset by peer"),
        new("connection-timeout", S, TraceSection.Script, Exit, "curl: (28) Operation timed out after 30000 milliseconds with 0 bytes received"),
        new("tls", S, TraceSection.Script, Exit, "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to s3.example:443"),
        new("package-mirror", S, TraceSection.Script, Exit, "Error: Failed to download metadata for repo 'fedora': Cannot prepare internal mirrorlist: Curl error (6)"),
        new("runner-disk", S, TraceSection.Script, Exit, "tar: /builds/cki/x: Cannot write: No space left on device"),
        new("stuck-pending", "stuck_pending_no_matching_runners", TraceSection.Script, null),
        new("runner-system-failure", R, TraceSection.Script, Lost + "something new", "ready"),
        new("no-trace", R, TraceSection.Script, null),
        new("missed-tests", S, TraceSection.Script, "Job succeeded", "recipe 1: no machines matched", "0 tests executed") { Status = GitLabStatus.Success },
    ];

    /// <summary>Something alike that is not the matcher's: it must not win.</summary>
    public static IReadOnlyList<Sample> Negative { get; } =
    [
        new("pod-evicted", S, TraceSection.Script, Exit, "pod \"web\" evicted by the test", "assertion failed: expected 2 pods"),
        new("pod-lost", S, TraceSection.Script, Exit, "pods \"x\" not found", "wrong answer: unexpected end"),
        new("node-preempted", S, TraceSection.Script, Exit, "preemption test: failed, preempted twice"),
        new("runner-interrupted", S, TraceSection.Script, Exit, "interrupted system call: failed"),
        new("no-updates", S, TraceSection.Script, Exit, "no updates found: error"),
        new("registry-rate-limit", S, TraceSection.Script, Exit, "toomanyrequests: mirrored once, went on", "ld: error: cannot open x.o"),
        new("image-pull", S, TraceSection.Script, Exit, "Failed to pull image, retrying", "check failed: 3 differences"),
        new("registry-timeout", S, TraceSection.Script, Exit, "pinging container registry quay.io: i/o timeout, using cache", "assertion failed at line 3"),
        new("registry-5xx", S, TraceSection.Script, Exit, "checked 502 manifests", "error: 3 of them are wrong"),
        new("dns", S, TraceSection.Script, Exit, "TAP version 13", "# Could not resolve host: expected", "not ok 1 dns"),
        new("cki-loop", S, TraceSection.Script, Exit, "cki-loop: try 2 of 5", "assertion failed"),
        new("git-fetch", S, TraceSection.Script, Exit, "error: RPC failed; retried", "fs/a.c:1:1: error: expected ';'", "make: *** [fs/a.o] Error 1"),
        new("artifact-upload", S, TraceSection.Script, Exit, "WARNING: Uploading artifacts ... 502 is simulated", "assertion failed"),
        new("artifact-download", S, TraceSection.Script, Exit, "assertion failed: Downloading artifacts gave 502"),
        new("api-failure", S, TraceSection.Script, Exit, "api_failure: unexpected value"),
        new("gitlab-internal", S, TraceSection.Script, Exit, "data_integrity_failure: mismatch"),
        new("http-rate-limit", S, TraceSection.Script, Exit, "processed 429 files", "assertion failed"),
        new("http-5xx", S, TraceSection.Script, Exit, "ran 503 tests", "3 unexpected results"),
        new("connection-refused", S, TraceSection.Script, Exit, "connect01: TPASS: connect: Connection refused", "connect02: TFAIL: connect() succeeded"),
        new("connection-reset", S, TraceSection.Script, Exit, "# Connection reset by peer", "not ok 3 selftests: net: tls # exit=1"),
        new("connection-timeout", S, TraceSection.Script, Exit, "[   12.345678] nfs: server 10.0.0.1 connection timed out", "assertion failed"),
        new("tls", S, TraceSection.Script, Exit, "net/tls/tls_sw.c:3:1: error: unknown type name 'TLS'", "make: *** [net/tls/tls_sw.o] Error 1"),
        new("package-mirror", S, TraceSection.Script, Exit, "Error: Failed to download one, took another", "assertion failed"),
        new("runner-disk", S, TraceSection.Script, Exit, "generic/027: write: No space left on device", "generic/475 5s ... [failed, exit status 1]"),
        new("stuck-pending", S, TraceSection.Script, Exit, "stuck pending: assertion failed"),
        new("runner-system-failure", S, TraceSection.Script, Exit, "ERROR: Job failed (system failure): printed by a test", "assertion failed"),
        new("no-trace", S, TraceSection.Script, null),
        new("missed-tests", S, TraceSection.Script, Exit, "0 tests executed", "assertion failed"),
    ];
}
