namespace Cki;

internal static partial class EvidencePatterns
{
    // The compiler failed, but not because of what it compiled. First match wins: these stand before the errors of the code.
    private static EvidencePattern[] BuildHost =>
    [
        new("build disk full", EvidenceStrength.Host, EvidenceKind.Build, "No space left on device", @"(^(\S*[/-])?(ld|as|ar|objcopy|cc1|gcc|clang|collect2|rustc|fixdep|genksyms|strip|pahole|xz|gzip|cpio|depmod|fork)(\.\w+)?: |\berror: |^FATAL).*: No space left on device"),
        new("compiler killed", EvidenceStrength.Host, EvidenceKind.Build, "illed", @"(fatal )?error: Killed signal terminated program|ld(\.lld|\.bfd)?: .*(signal 9|Killed)|collect2: (fatal )?error: ld terminated with signal 9|clang.*: error: .*(signal 9|Killed)|signal: 9, SIGKILL"),
        new("compiler killed", EvidenceStrength.Host, EvidenceKind.Build, "irtual memory exhausted", @"virtual memory exhausted"),
        new("compiler killed", EvidenceStrength.Host, EvidenceKind.Build, "annot allocate memory", @"(^(\S*[/-])?(ld|as|ar|objcopy|cc1|gcc|clang|collect2|rustc|fixdep|genksyms|strip|pahole|xz|gzip|cpio|depmod|fork)(\.\w+)?: |\berror: |^FATAL).*: Cannot allocate memory"),
        new("build disk broken", EvidenceStrength.Host, EvidenceKind.Build, "nput/output error", @"(^(\S*[/-])?(ld|as|ar|objcopy|cc1|gcc|clang|collect2|rustc|fixdep|genksyms|strip|pahole|xz|gzip|cpio|depmod|fork)(\.\w+)?: |\berror: |^FATAL).*: Input/output error"),
        new("build disk broken", EvidenceStrength.Host, EvidenceKind.Build, "Stale file handle", @"(^(\S*[/-])?(ld|as|ar|objcopy|cc1|gcc|clang|collect2|rustc|fixdep|genksyms|strip|pahole|xz|gzip|cpio|depmod|fork)(\.\w+)?: |\berror: |^FATAL).*: Stale (NFS )?file handle"),
    ];

    private static EvidencePattern[] Configuration =>
    [
        Config("modules disabled", "configuration has modules disabled", @"kernel configuration has modules disabled"),
        Config("no rule to make target", "No rule to make target", @"\*\*\* No rule to make target '[^']*'\.  ?Stop"),
        Config("missing defconfig", "default configuration", @"Can't find default configuration"),
        Config("missing configuration", "onfiguration file", @"\*\*\* Configuration file .* not found"),
    ];

    // Counted once make (or what else drives the build) ended on them: see EvidenceCollector.
    private static EvidencePattern[] Build =>
    [
        Of("modpost", "modpost: ", @"^(ERROR|FATAL): modpost: "),
        Of("modpost", "undefined!", @"^ERROR: .*\[.*\] undefined!"),
        Of("objtool", "objtool", @"error: objtool|objtool: .*(error|can't|cannot|failed)"),
        Of("sparse", "sparse", @"sparse: (sparse: )?error:|^\S+:\d+:\d+: sparse: error"),
        Of("linker", "ndefined ", @"undefined (reference to|symbol)|Undefined symbols? "),
        Of("linker", "multiple definition of", @"multiple definition of "),
        Of("linker", "ld", @"^(\S*[-/])?ld(\.lld|\.bfd|\.gold)?: .*(error|cannot|not found|overlap|overflow|failed|discarded|unrecognized|incompatible|ASSERT|assert)"),
        Of("linker", "relocation ", @"relocation (truncated to fit|.* out of range)"),
        Of("assembler", "Error: ", @"^\S+:\d+: (Error|Fatal error): "),
        Of("device tree", "ERROR", @"^(\S+: )?(ERROR|FATAL ERROR)( \(\w+\))?: .*(dts|input tree|label|node|phandle)|^\S+\.dtsi?:.*: ERROR"),
        Of("device tree", "rror: ", @"^Error: \S+\.dtsi?:\d+"),
        Of("rust compiler", "error", @"^error(\[E\d{4}\])?: .+"),
        Of("compiler", "rror: ", @"^(\S+ )?\S+\.(c|h|S|cc|cpp|hpp|rs|y|l|lds|dts|dtsi|i|s|inc)(:\d+)+: (fatal |internal compiler )?error: |^(<\S+>|\S+\.[chS])(:\d+)*: error: "),
        Of("compiler", "error: ", @"^(cc1|cc1plus|clang|gcc|g\+\+|\S+-gcc|lld|rustc)(: |-\d+: ).*error: "),
        Of("BTF", "BTF", @"^(FAILED: load BTF|FAILED .*BTF|BTF.*(failed|error))|^FAILED:? .*resolve_btfids"),
        Of("symbols", "nconsistent kallsyms", @"^Inconsistent kallsyms data"),
        Of("missing source", "No rule to make target", @"No rule to make target .*, needed by "),
        Of("Kconfig", "Kconfig", @"Kconfig\S*:\d+:.*(error|syntax|invalid|unknown)"),
        Of("syntax", "syntax error", @"^\S+:\d+:.*syntax error"),
        Of("section mismatch", "ection mismatch", @"(FATAL|ERROR).*[Ss]ection mismatch"),
    ];

    private static EvidencePattern[] Plain =>
    [
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "patch", @"^(error|fatal): .*: patch does not apply|^error: patch failed: |^Patch failed at \d+|\d+ out of \d+ hunks? (FAILED|failed)|^error: corrupt patch at"),
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "Merge conflict in", @"^CONFLICT \(.*\): Merge conflict in "),
        new("vanished commit", EvidenceStrength.Configuration, EvidenceKind.Plain, "not our ref", @"upload-pack: not our ref|remote error: .*not our ref"),
        new("vanished commit", EvidenceStrength.Configuration, EvidenceKind.Plain, "reference is not a tree", @"^fatal: (reference is not a tree|.*unable to read tree)"),
        Weak("external watchdog", "xternal Watchdog Expired", @"External Watchdog Expired", EvidenceKind.Plain),
        Weak("external watchdog", "xternal watchdog", @"[Ee]xternal [Ww]atchdog expired", EvidenceKind.Plain),
        Weak("boot timed out", "timed out after", @"(auto-login|login|bootloader|lava-test|minimal-boot|uboot|depthcharge|grub|ipxe|fastboot)\S*(-action|-commands|-retry|-overlay|-shell)?\S* timed out after \d+", EvidenceKind.Plain),
        Weak("test timed out", "imed out", @"^(not ok .*TIMEOUT|.*\bTIMEOUT\b.*timed out|LocalWatchdog|.*lava_test_shell.*timed out)", EvidenceKind.Plain),
        Weak("test broken", "TBROK", @"\bTBROK\b", EvidenceKind.Plain),
        Weak("test bailed out", "Bail out!", @"^Bail out!", EvidenceKind.Plain),
        Weak("unnamed kernel trouble", "Call Trace", @"^Call Trace:", EvidenceKind.Kernel),
        Weak("unnamed kernel trouble", "all trace:", @"^Call trace:", EvidenceKind.Kernel),
        Weak("unnamed kernel trouble", "[ cut here ]", @"\[ cut here \]", EvidenceKind.Kernel),
        Weak("unnamed kernel trouble", "[ end trace", @"-+\[ end trace", EvidenceKind.Kernel),
    ];

    private static EvidencePattern Of(string name, string literal, string expression) => Strong(name, EvidenceKind.Build, literal, expression);

    private static EvidencePattern Config(string name, string literal, string expression) =>
        new(name, EvidenceStrength.Configuration, EvidenceKind.Plain, literal, expression);
}
