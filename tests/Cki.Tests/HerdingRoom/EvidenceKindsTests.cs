using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>The field, kind by kind: what each report of a kernel, a build or a test is called, and what only looks like one.</summary>
public class EvidenceKindsTests
{
    public static TheoryData<string, string> KernelReports() => new()
    {
        { "KASAN", "BUG: KASAN: slab-use-after-free in foo+0x1/0x2" },
        { "KFENCE", "BUG: KFENCE: out-of-bounds read in foo+0x1/0x2" },
        { "KMSAN", "BUG: KMSAN: uninit-value in foo" },
        { "KCSAN", "BUG: KCSAN: data-race in foo / bar" },
        { "UBSAN", "UBSAN: shift-out-of-bounds in net/core/dev.c:12:3" },
        { "CFI", "CFI failure at foo+0x1/0x2 (target: bar+0x0/0x4; expected type: 0x1)" },
        { "kernel BUG", "kernel BUG at fs/ext4/inode.c:42!" },
        { "BUG", "BUG: kernel NULL pointer dereference, address: 0000000000000008" },
        { "BUG", "BUG: Kernel NULL pointer dereference on read at 0x00000000" },
        { "BUG", "[ BUG: Invalid wait context ]" },
        { "bad page", "BUG: Bad page state in process swapper/0  pfn:12345" },
        { "sleeping in atomic", "BUG: sleeping function called from invalid context at mm/slab.h:12" },
        { "slab corruption", "BUG kmalloc-64 (Not tainted): Right Redzone overwritten" },
        { "slab corruption", "usercopy: Kernel memory exposure attempt detected from SLUB object 'x' (offset 0, size 1)!" },
        { "list corruption", "list_add corruption. prev->next should be next (1), but was 2." },
        { "lockdep", "WARNING: possible circular locking dependency detected" },
        { "lockdep", "WARNING: inconsistent lock state" },
        { "lockdep", "WARNING: HARDIRQ-safe -> HARDIRQ-unsafe lock order detected" },
        { "lockdep", "WARNING: syz-executor/12 still has locks held!" },
        { "lockdep", "[ INFO: possible recursive locking detected ]" },
        { "refcount", "refcount_t: underflow; use-after-free." },
        { "reference leak", "unregister_netdevice: waiting for lo to become free. Usage count = 3" },
        { "object debugging", "ODEBUG: free active (active state 0) object: 1 object type: timer_list hint: foo" },
        { "memory leak", "unreferenced object 0xffff888101234560 (size 32):" },
        { "memory leak", "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)" },
        { "WARNING", "WARNING: CPU: 2 PID: 811 at net/core/dev.c:6420 foo+0x1/0x2" },
        { "WARNING", "WARNING: net/core/dev.c:6420 at foo+0x1/0x2, CPU#1: x/12" },
        { "oops", "Oops: 0002 [#1] PREEMPT SMP KASAN NOPTI" },
        { "oops", "Oops: general protection fault, probably for non-canonical address 0x1: 0000 [#1] SMP" },
        { "oops", "Oops: Exception in kernel mode, sig: 5 [#1]" },
        { "oops", "Internal error: Oops: 96000004 [#1] PREEMPT SMP" },
        { "oops", "Internal error: synchronous external abort: 96000010 [#1] SMP" },
        { "general protection fault", "general protection fault: 0000 [#1] SMP" },
        { "general protection fault", "general protection fault, maybe for address 0x0: 0000 [#1]" },
        { "CPU exception", "divide error: 0000 [#1] SMP" },
        { "CPU exception", "monitor event: 0040 ilc:2 [#1] SMP" },
        { "CPU exception", "specification exception: 0006 ilc:3 [#1] SMP" },
        { "CPU exception", "Kernel BUG [#1]" },
        { "CPU exception", "Bad mode in Error handler detected on CPU1, code 0xbf000002 -- SError" },
        { "double fault", "traps: PANIC: double fault, error_code: 0x0" },
        { "paging request", "Unable to handle kernel paging request at virtual address dead000000000108" },
        { "paging request", "Unable to handle kernel pointer dereference in virtual kernel address space" },
        { "paging request", "CPU 0 Unable to handle kernel paging request at virtual address 00000004" },
        { "bad area", "Kernel attempted to read user page (8) - exploit attempt? (uid: 0)" },
        { "stack overflow", "Insufficient stack space to handle exception!" },
        { "stack corruption", "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: foo" },
        { "panic", "Kernel panic - not syncing: Fatal exception in interrupt" },
        { "panic", "Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b" },
        { "file system assertion", "XFS: Assertion failed: ip->i_nblocks == 0, file: fs/xfs/xfs_inode.c, line: 12" },
        { "duplicate name", "sysfs: cannot create duplicate filename '/class/net/x'" },
        { "busy inodes", "VFS: Busy inodes after unmount of loop0. Self-destruct in 5 seconds.  Have a nice day..." },
        { "rust panic", "rust_kernel: panicked at drivers/foo.rs:12:3:" },
    };

    public static TheoryData<string, string> WeakReports() => new()
    {
        { "soft lockup", "watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [x:1]" },
        { "hard lockup", "watchdog: CPU 1 detected hard LOCKUP on other CPUs 3" },
        { "hard lockup", "NMI watchdog: Watchdog detected hard LOCKUP on cpu 0" },
        { "workqueue lockup", "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!" },
        { "spinlock lockup", "BUG: spinlock lockup suspected on CPU#0, x/1" },
        { "rcu stall", "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:" },
        { "rcu stall", "INFO: rcu_sched self-detected stall on CPU" },
        { "hung task", "INFO: task kworker/0:1:12 blocked for more than 143 seconds." },
        { "hung task", "INFO: task syz-executor:123 can't die for more than 143 seconds." },
        { "root not mounted", "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)" },
        { "root not mounted", "Waiting for root device /dev/mmcblk0p2..." },
        { "no init", "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel." },
        { "panic after a hang", "Kernel panic - not syncing: hung_task: blocked tasks" },
        { "panic after a hang", "Kernel panic - not syncing: softlockup: hung tasks" },
    };

    public static TheoryData<string, string> BuildErrors() => new()
    {
        { "compiler", "fs/a.c:1:2: error: expected ';' before '}' token" },
        { "compiler", "In.c:1:1: fatal error: linux/nothing.h: No such file or directory" },
        { "compiler", "<inline asm>:1:2: error: unknown token in expression" },
        { "compiler", "x86_64-linux-gnu-gcc-12: internal compiler error: Segmentation fault signal terminated program cc1" },
        { "compiler", "clang: error: linker command failed with exit code 1 (use -v to see invocation)" },
        { "compiler", "cc1: all warnings being treated as errors" },
        { "rust compiler", "error[E0425]: cannot find value `x` in this scope" },
        { "rust compiler", "error: aborting due to 2 previous errors" },
        { "assembler", "{standard input}:120: Error: unknown mnemonic `foo'" },
        { "linker", "ld.lld: error: undefined symbol: foo" },
        { "linker", "aarch64-linux-gnu-ld: kernel/a.o: in function `x': undefined reference to `y'" },
        { "linker", "ld: kernel image bigger than KERNEL_IMAGE_SIZE" },
        { "modpost", "ERROR: modpost: \"foo\" [drivers/x.ko] undefined!" },
        { "modpost", "FATAL: modpost: Section mismatches detected." },
        { "depmod", "depmod: ERROR: Cycle detected: a -> b -> a" },
        { "objtool", "vmlinux.o: error: objtool: foo+0x1: unreachable instruction" },
        { "device tree", "Error: arch/arm/boot/dts/a.dts:12.3-4 syntax error" },
        { "device tree", "arch/arm64/boot/dts/a.dts:12.3-4: ERROR (phandle_references): /soc: Reference to non-existent node or label \"x\"" },
        { "Kconfig", "drivers/x/Kconfig:1:error: recursive dependency detected!" },
        { "BTF", "FAILED: load BTF from vmlinux: Invalid argument" },
        { "symbols", "Inconsistent kallsyms data" },
        { "missing source", "make[3]: *** No rule to make target 'drivers/x/y.o', needed by 'drivers/x/built-in.a'.  Stop." },
        { "Makefile", "drivers/x/Makefile:3: *** missing separator.  Stop." },
    };

    public static TheoryData<string> FailedTests() => new(
        "not ok 41 selftests: net: foo.sh # exit=1", "selftests: breakpoints: step_after [FAIL]", "    not ok 2 kmalloc_oob", "memcg02.c:33: TFAIL: oom_kill 3 != 1",
        "memcg02                                            FAIL       1", "abort01: fail  (0.003s)", "generic/475 5s ... [failed, exit status 1]- output mismatch", "Failures: generic/475 xfs/001",
        "nvme/012 (run data verification) [failed]", "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=x RESULT=fail>", "case: x | case_id: 1 | definition: 0_smoke | result: fail",
        ":: [ 12:00:01 ] :: [   FAIL   ] :: Command 'x' (Expected 0, got 1)", ":: [   FAIL   ] :: Test", "#12/3 btf/x:FAIL", " 12: Parse event definition strings : FAILED!",
        "stress-ng: fail:  [123] stress-ng-vm: bits flipped", "        fail /tests/boot", "FAILED tests/a.py::test_b - assert", "[12:00:01] [FAILED] example_test", "rcu-torture:--- End of test: FAILURE: x");

    public static TheoryData<string> Nothing() => new(
        "    BUG: KASAN: use-after-free in a commit's message", "Applying: BUG: fix", "ok 3 BUG: x", "warning: Kernel panic is a word", "x.c:1:2: warning: unused variable 'error' [-Wunused-variable]",
        "case: auto-login-action | case_id: 1 | definition: lava | result: fail ", "[    1.0] BUG without stamp of seven digits", "mce: [Hardware Error]: Machine check events logged",
        "systemd[1]: Failed to start x.service", "[    2.123456] r8169 0000:01:00.0: Unable to load firmware rtl_nic/x.fw (-2)", "[    2.123456] traps: a[12] general protection ip:4 sp:5 error:0", "generic/027 3s ... 4s",
        "error: RPC failed; curl 92", "selftests: net: foo [PASS]", "  Checking if x FAILED! later");

    [Theory]
    [MemberData(nameof(KernelReports))]
    public void A_kernels_report_is_strong_and_named(string name, string line)
    {
        string stamped = "[   12.345678][  T123] " + line;
        Assert.Equal([new Evidence(name, EvidenceStrength.Strong, stamped, 1)], Read(stamped));
        Assert.Equal([new Evidence(name, EvidenceStrength.Strong, line, 1)], Read(line));
    }

    [Theory]
    [MemberData(nameof(WeakReports))]
    public void A_hang_is_weak_and_named(string name, string line) =>
        Assert.Equal([new Evidence(name, EvidenceStrength.Weak, "[   12.345678] " + line, 1)], Read("[   12.345678] " + line));

    [Theory]
    [MemberData(nameof(BuildErrors))]
    public void A_build_error_is_strong_once_make_ended_on_it(string name, string line)
    {
        Assert.Equal(new Evidence(name, EvidenceStrength.Strong, line, 1), Read(line, "make[3]: *** [scripts/Makefile.build:243: fs/a.o] Error 1")[0]);
        Assert.DoesNotContain(Read(line, "  CC      fs/b.o"), e => e.Strength == EvidenceStrength.Strong && !line.Contains("***", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(FailedTests))]
    public void A_tests_own_verdict_is_strong(string line) =>
        Assert.Equal([new Evidence("test failed", EvidenceStrength.Strong, line.Trim(), 1)], Read(line));

    [Theory]
    [MemberData(nameof(Nothing))]
    public void What_only_looks_like_a_report_is_none(string line) => Assert.Empty(Read(line));

    [Fact]
    public void A_call_trace_of_the_oom_killer_is_no_finding()
    {
        IReadOnlyList<Evidence> found = Read("[    1.123456] oom01 invoked oom-killer: gfp_mask=0x1", "[    1.123456] Call Trace:");
        Assert.Equal([EvidenceStrength.Expected], found.Select(e => e.Strength));
        Assert.Equal([EvidenceStrength.Weak], Read("[    1.123456] Call Trace:").Select(e => e.Strength));
    }

    [Fact]
    public void A_crash_that_was_asked_for_is_expected() => Assert.Equal(
        [EvidenceStrength.Expected], Read("[    1.123456] Kernel panic - not syncing: sysrq triggered crash").Select(e => e.Strength));

    private static IReadOnlyList<Evidence> Read(params string[] lines) => TraceForms.Read("raw", lines).Evidence;
}
