namespace Cki;

internal static partial class EvidencePatterns
{
    // Kernel or host: an overcommitted hypervisor, a slow disk or a missing image produces them as well as a bug does. They come first:
    // "BUG: soft lockup" is a lockup, not a BUG.
    private static EvidencePattern[] KernelWeak =>
    [
        Weak("soft lockup", "soft lockup", @"BUG: soft lockup"),
        Weak("hard lockup", "LOCKUP", @"hard LOCKUP"),
        Weak("workqueue lockup", "workqueue lockup", @"BUG: workqueue lockup"),
        Weak("rcu stall", "stall", @"INFO: rcu\w* (self-)?detected (expedited )?stall|^(rcu: )?INFO: rcu\w* .*stall"),
        Weak("hung task", "INFO: task ", @"INFO: task .* (blocked for more than|can't die for more than|blocked in I/O wait)"),
        Weak("watchdog", "atchdog", @"^watchdog: .*(did not stop|hard LOCKUP)|NMI watchdog: .*(detected|LOCKUP)|^Watchdog detected"),
        Weak("root not mounted", "nable to mount root", @"^(---\[ end )?Kernel panic - not syncing: VFS: Unable to mount root|^VFS: Unable to mount root"),
        Weak("no init", "Kernel panic", @"Kernel panic - not syncing: (No (working )?init|Requested init .* failed|Attempted to kill init! exitcode=0x0000[0-9a-f]{2}00)"),
        Weak("panic after a hang", "Kernel panic", @"Kernel panic - not syncing: (hung_task|softlockup|Hard LOCKUP|RCU Stall|NMI|System is deadlocked|Out of memory)"),
        new("machine check", EvidenceStrength.Host, EvidenceKind.Plain, "achine check", @"Kernel panic - not syncing: (Fatal|Uncorrected|Uncorrectable|Timeout|Unrecovered).*[Mm]achine check"),
        new("machine check", EvidenceStrength.Host, EvidenceKind.Plain, "ardware error", @"Kernel panic - not syncing: Fatal hardware error"),
        new("machine check", EvidenceStrength.Host, EvidenceKind.Plain, "[Hardware Error]", @"^(mce: |\{\d+\})?\[Hardware Error\]"),
        Weak("interrupt nobody cared", "nobody cared", @"^irq \d+: nobody cared"),
        Weak("device not released", "unregister_netdevice", @"unregister_netdevice: waiting for"),
    ];

    private static EvidencePattern[] KernelStrong =>
    [
        Kernel("KASAN", "KASAN: ", @"^(BUG: )?KASAN: "),
        Kernel("KMSAN", "KMSAN: ", @"^BUG: KMSAN: "),
        Kernel("KCSAN", "KCSAN: ", @"^BUG: KCSAN: "),
        Kernel("KFENCE", "KFENCE: ", @"^BUG: KFENCE: "),
        Kernel("UBSAN", "UBSAN: ", @"^UBSAN: "),
        Kernel("kernel BUG", "kernel BUG at ", @"^-*\[? ?kernel BUG at "),
        Kernel("sleeping in atomic", "BUG: s", @"^BUG: (sleeping function called|scheduling while atomic)"),
        Kernel("memory leak", "BUG: memory leak", @"^BUG: memory leak"),
        Kernel("memory leak", "suspected memory leaks", @"^kmemleak: \d+ new suspected memory leaks"),
        Kernel("memory leak", "unreferenced object 0x", @"^unreferenced object 0x[0-9a-f]+ \(size"),
        Kernel("BUG", "BUG: ", @"^(\[ )?BUG: \S"),
        Kernel("slab corruption", "BUG ", @"^BUG \S+ \((Tainted|Not tainted)"),
        Kernel("slab corruption", "INFO: ", @"^INFO: (Allocated in|Freed in|Slab 0x|Object 0x)"),
        Kernel("lockdep", "INFO: ", @"^(\[ )?INFO: (inconsistent lock state|possible |suspicious RCU usage|trying to register non-static key|HARDIRQ-safe|SOFTIRQ-safe)"),
        Kernel("lockdep", "WARNING: ", @"^(\[ )?WARNING: (possible |inconsistent lock|bad unlock balance|held lock freed|lock held when|suspicious RCU|Nested lock|(HARD|SOFT)IRQ-|(HARD|SOFT)IRQ.*lock order|locking bug)"),
        Kernel("lockdep", "DEBUG_LOCKS_WARN_ON", @"^DEBUG_LOCKS_WARN_ON\("),
        Kernel("refcount", "refcount_t: ", @"^refcount_t: "),
        Kernel("list corruption", "corruption", @"^list_(add|del) corruption|^slab .*corruption"),
        Kernel("object debugging", "ODEBUG: ", @"^ODEBUG: "),
        Kernel("DMA API", "DMA-API: ", @"^DMA-API: .*(device driver|exceeded|mapping|overlapping)"),
        Kernel("WARNING", "WARNING: ", @"^WARNING: CPU: \d+ PID: -?\d+ at |^WARNING: (\[.*\] )?\S+\.[chS]:\d+ at |^WARNING: at \S+:\d+"),
        Kernel("oops", "Oops", @"^(Internal error: )?Oops\b"),
        Kernel("oops", "Internal error: ", @"^Internal error: "),
        Kernel("general protection fault", "general protection fault", @"^(traps: )?general protection fault[:,] .*(\[#\d+\]|probably|maybe)"),
        Kernel("CPU exception", "[#", @"^(divide error|invalid opcode|stack segment|double fault|int3|alignment check|bounds|stack guard page|specification exception|illegal operation|operation exception|addressing exception|protection exception|Oops|Kernel BUG|Kernel bug detected|Reserved instruction|Unhandled kernel)\b.*\[#\d+\]"),
        Kernel("double fault", "PANIC: ", @"^PANIC: double fault"),
        Kernel("paging request", "nable to handle kernel", @"^(BUG: |CPU \d+ )?[Uu]nable to handle kernel"),
        Kernel("bad area", "Kernel ", @"^Kernel (access of bad area|stack overflow|unaligned access|attempted to (access|read|write) user page|exec protection|tried to execute|memory protection)"),
        Kernel("fault", "nhandled", @"^Unhandled (fault|exception|prefetch abort|nested signal).*(kernel|0x[0-9a-f]+)"),
        Kernel("fault", "nexpected kernel", @"^Unexpected kernel (BRK|single-step|mode)"),
        Kernel("stack corruption", "stack-protector", @"stack-protector: Kernel stack is corrupted"),
        Kernel("rust panic", "rust_kernel", @"^rust_kernel: panicked at"),
        Kernel("bad page", "BUG: Bad ", @"^BUG: Bad "),
        Kernel("panic", "Kernel panic", @"^(---\[ end )?Kernel panic - not syncing: "),
    ];

    private static EvidencePattern Kernel(string name, string literal, string expression) => Strong(name, EvidenceKind.Kernel, literal, expression);
}
