using Cki.Tests.Doubles;

namespace Cki.Tests.HerdingRoom;

/// <summary>herding.md's acceptance cases, by number: the shortened traces, and what is expected of them.</summary>
public static class AcceptanceCases
{
    public sealed record Case(int Number, string Stage, string Reason, HerdAct Act, JobFinding Finding, string[] Lines)
    {
        public TraceSection Section { get; init; } = TraceSection.Script;

        public string Status { get; init; } = GitLabStatus.Failed;

        /// <summary>The runner's last words in the wrapped forms.</summary>
        public string? Epilogue { get; init; } = "ERROR: Job failed: exit code 1";

        /// <summary>First line that is quoted; null: not asserted.</summary>
        public string? Quoted { get; init; }

        public string? NeverQuoted { get; init; }

        public string? Rule { get; init; }

        public bool CanceledBySibling { get; init; }

        public FailedJobFacts Facts(TraceReading trace, int earlier = 0) =>
            new(A.Job(7, $"{Stage} x86_64", Status) with { Stage = Stage, FailureReason = Status == GitLabStatus.Failed ? Reason : null }, trace)
            {
                IsTraceFinal = true, EarlierAttempts = earlier, CanceledBySibling = CanceledBySibling,
            };
    }

    private const string S = "script_failure";
    private const string R = "runner_system_failure";

    public static IReadOnlyList<Case> All { get; } =
    [
        new(1, "build", S, HerdAct.Leave, JobFinding.Failed,
            ["fs/ext4/inode.c:4211:9: error: implicit declaration of function 'foo'", "make[4]: *** [fs/ext4/inode.o] Error 1", "curl: (28) Operation timed out"])
            { Quoted = "fs/ext4/inode.c:4211:9: error: implicit declaration of function 'foo'" },
        new(2, "build", S, HerdAct.Retry, JobFinding.Nothing,
            ["fatal error: error writing to ccQ1.s: No space left on device", "make[5]: *** [foo.o] Error 1"]) { Rule = "host-trouble" },
        new(3, "build", S, HerdAct.Retry, JobFinding.Nothing,
            ["gcc: fatal error: Killed signal terminated program cc1", "make[3]: *** [bar.o] Error 1"]) { Rule = "host-trouble" },
        new(4, "build", S, HerdAct.Retry, JobFinding.Nothing,
            ["test-libunwind.c:2:10: fatal error: libunwind.h: No such file or directory", "  LD      vmlinux",
             "ERROR: Uploading artifacts as \"archive\" to coordinator... 502 Bad Gateway  id=1 responseStatus=502 Bad Gateway"])
            { Rule = "artifact-upload", NeverQuoted = "libunwind" },
        new(5, "build", S, HerdAct.Leave, JobFinding.Configuration,
            ["***", "*** The present kernel configuration has modules disabled.", "make: *** [Makefile:1953: modules] Error 1"]),
        new(6, "merge", S, HerdAct.Leave, JobFinding.Failed, ["error: net/core/dev.c: patch does not apply"])
            { Rule = "does-not-apply", Quoted = "error: net/core/dev.c: patch does not apply" },
        new(7, "merge", S, HerdAct.Leave, JobFinding.NotRun, ["fatal: remote error: upload-pack: not our ref 8f3c21"]) { Rule = "vanished" },
        new(8, "prepare", S, HerdAct.Retry, JobFinding.Nothing,
            ["error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)", "cki-loop: gave up after 5 (rc=128): git fetch"]) { Rule = "cki-loop" },
        new(9, "boot", S, HerdAct.Confirm, JobFinding.Undetermined,
            ["curl: (22) The requested URL returned error: 404 rootfs.cpio.gz", "[    3.123456] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"]),
        new(10, "boot", S, HerdAct.Confirm, JobFinding.Undetermined, ["Starting kernel ...", "auto-login-action timed out after 120 seconds"]),
        new(11, "boot", S, HerdAct.Retry, JobFinding.Nothing,
            [">>>>SecStartup", "Clear memory in MRC per MOR request Start, Please wait for some minutes...", ">>>>SecStartup", "Clear memory", ">>>>SecStartup", "Clear memory"])
            { Rule = "boot-firmware" },
        new(12, "boot", S, HerdAct.Confirm, JobFinding.Undetermined, ["[   99.123456] watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [swapper/3:0]"]),
        new(13, "test", R, HerdAct.Retry, JobFinding.Nothing,
            ["[   99.123456] mce: [Hardware Error]: CPU 12: Machine Check: 0 Bank 5: be00000000800400", "[   99.123457] Kernel panic - not syncing: Fatal machine check"])
            { Rule = "host-trouble", Epilogue = "ERROR: Job failed (system failure): pods \"runner-x\" not found" },
        new(14, "test", S, HerdAct.Leave, JobFinding.Failed,
            ["connect01: TPASS: connect() failed as expected: ECONNREFUSED: Connection refused", "memcg02: TFAIL: oom_kill 3 != 1"])
            { Quoted = "memcg02: TFAIL: oom_kill 3 != 1" },
        new(15, "test", S, HerdAct.Leave, JobFinding.Failed,
            ["generic/027: write: No space left on device", "generic/475: _check_dmesg: something found in dmesg (see results/475.dmesg)", "Failed 1 of 712 tests"])
            { Quoted = "generic/475: _check_dmesg: something found in dmesg (see results/475.dmesg)" },
        new(16, "test", S, HerdAct.Retry, JobFinding.Nothing, ["tee: /builds/k/check.log: No space left on device"]) { Rule = "runner-disk" },
        new(17, "test", R, HerdAct.Retry, JobFinding.Nothing,
            ["oom01: TPASS: victim signalled SIGKILL", "pod evicted: The node was low on resource: memory"])
            { Rule = "pod-evicted", Epilogue = "ERROR: Job failed (system failure): pod \"runner-x\" status is failed: evicted" },
        new(18, "kunit", S, HerdAct.Retry, JobFinding.Passed,
            ["[    9.123456] BUG: KASAN: slab-out-of-bounds in kmalloc_oob_right+0x8c/0x1a0", "    ok 1 kmalloc_oob_right", "# kasan: pass:61 fail:0 skip:0 total:61",
             "fatal: unable to access 'https://gitlab.example/': Could not resolve host: gitlab.example"]) { Rule = "dns", NeverQuoted = "KASAN" },
        new(19, "kselftest", S, HerdAct.Leave, JobFinding.Failed,
            ["[   19.123456] kernel BUG at drivers/misc/lkdtm/bugs.c:105!", "ok 3 lkdtm: BUG.sh", "not ok 41 lkdtm: SLAB_FREE_CROSS.sh # exit=1"])
            { Quoted = "not ok 41 lkdtm: SLAB_FREE_CROSS.sh # exit=1", NeverQuoted = "bugs.c" },
        new(20, "test", S, HerdAct.Leave, JobFinding.Passed,
            ["[   42.123456] WARNING: CPU: 2 PID: 811 at net/core/dev.c:6420 foo+0x1/0x2", "# pass 102", "# fail 0"])
            { Status = GitLabStatus.Success, Epilogue = "Job succeeded", Quoted = "[   42.123456] WARNING: CPU: 2 PID: 811 at net/core/dev.c:6420 foo+0x1/0x2" },
        new(21, "test", S, HerdAct.Report, JobFinding.NotRun, ["recipe 14022311: no machines matched", "0 tests executed"])
            { Status = GitLabStatus.Success, Epilogue = "Job succeeded", Rule = "missed-tests" },
        new(22, "test", S, HerdAct.Confirm, JobFinding.Undetermined,
            ["External Watchdog Expired", "[  245.123456] INFO: task xfsaild/dm-3:912 blocked for more than 122 seconds."]),
        new(23, "test", S, HerdAct.Leave, JobFinding.Undetermined, ["[    1.000000] ordinary dmesg", "Job's log exceeded limit of 4194304 bytes."]) { Epilogue = null },
        new(24, "test", "runner_interrupted", HerdAct.Retry, JobFinding.Failed,
            ["[   61.123456] WARNING: possible circular locking dependency detected", "ERROR: Job failed (system failure): pods \"runner-x\" not found"])
            { Rule = "finish", Epilogue = null },
        new(25, "build", S, HerdAct.Retry, JobFinding.Nothing, ["ERROR: Job failed: canceled"])
            { Status = GitLabStatus.Canceled, CanceledBySibling = true, Epilogue = null },
    ];
}
