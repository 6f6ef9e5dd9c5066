namespace Cki.GitLabSimulator;

// What kernels and their tests print.
public static partial class RunnerTraces
{
    private static readonly string[] s_goodBuild =
    [
        "$ make -j24 INSTALL_MOD_STRIP=1 targz-pkg",
        "  CC      fs/ext4/inode.o",
        "  LD      vmlinux.o",
        "  MODPOST Module.symvers",
        "  LD      vmlinux",
        "Kernel: arch/x86/boot/bzImage is ready  (#1)",
    ];

    /// <summary>The commit does not compile; gcc says where, make ends on it.</summary>
    public static JobTrace CompileError(string function = "ext4_find_inline_data_nolock") => ScriptFailure([
        "$ make -j24 INSTALL_MOD_STRIP=1 targz-pkg",
        "  CC      fs/ext4/balloc.o",
        "  CC      fs/ext4/inode.o",
        "E:fs/ext4/inode.c: In function 'ext4_iget_extra_inode':",
        $"E:fs/ext4/inode.c:4211:9: error: implicit declaration of function '{function}'; " +
        "did you mean 'ext4_find_inline_data'? [-Wimplicit-function-declaration]",
        $"E: 4211 |         {function}(inode);",
        $"E:      |         {new string('~', function.Length).Insert(0, "^")[..^1]}",
        "E:make[4]: *** [scripts/Makefile.build:287: fs/ext4/inode.o] Error 1",
        "E:make[3]: *** [scripts/Makefile.build:544: fs/ext4] Error 2",
        "E:make[3]: *** Waiting for unfinished jobs....",
        "  CC      net/core/dev.o",
        "E:make[2]: *** [scripts/Makefile.build:544: fs] Error 2",
        "E:make[1]: *** [/builds/cki/kernel-tests/workdir/Makefile:2003: .] Error 2",
        "E:make: *** [Makefile:248: __sub-make] Error 2",
    ], exitCode: 2);

    /// <summary>A test found the kernel wrong: kselftest's own verdict.</summary>
    public static JobTrace TestFailure(string test = "tls") => ScriptFailure([
        "$ ./run_kselftest.sh -c net",
        "TAP version 13",
        "1..3",
        "# selftests: net: reuseport_bpf",
        "ok 1 selftests: net: reuseport_bpf",
        $"# selftests: net: {test}",
        $"# {test}.c:1463:recv_lowat:Expected recv(self->cfd, recv_mem, 20, 0) (10) == 20 (20)",
        $"not ok 2 selftests: net: {test} # exit=1",
        "# selftests: net: udpgso.sh",
        "ok 3 selftests: net: udpgso.sh",
        "# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:0 error:0",
    ]);

    /// <summary>The kernel under test crashed.</summary>
    public static JobTrace KernelPanic() => ScriptFailure([
        "$ ./boot-test.sh",
        "[   12.401337] BUG: kernel NULL pointer dereference, address: 0000000000000018",
        "[   12.401402] #PF: supervisor read access in kernel mode",
        "[   12.401455] Oops: Oops: 0000 [#1] PREEMPT SMP NOPTI",
        "[   12.401511] RIP: 0010:ext4_map_blocks+0x1a4/0x6b0",
        "[   12.401588] Call Trace:",
        "[   12.401601]  <TASK>",
        "[   12.401622]  ext4_iomap_begin+0x1b1/0x2f0",
        "[   12.401644]  </TASK>",
        "[   12.402011] Kernel panic - not syncing: Fatal exception",
    ]);
}
