namespace Cki;

internal static partial class EvidencePatterns
{
    private const string Tool = @"(^(\S*[/-])?(ld|as|ar|objcopy|cc1|gcc|clang|collect2|rustc|fixdep|genksyms|strip|pahole|xz|gzip|zstd|cpio|depmod|fork)(\.\w+)?: |\berror: |^FATAL)";

    // The compiler failed, but not because of what it compiled. First match wins: these stand before the errors of the code.
    private static EvidencePattern[] BuildHost =>
    [
        Host("build disk full", "No space left on device", Tool + ".*: No space left on device|error: unable to (write|open|create) .*No space left"),
        Host("build disk full", "isk quota exceeded", Tool + ".*: Disk quota exceeded"),
        Host("compiler killed", "illed", @"(fatal )?error: Killed signal terminated program|ld(\.lld|\.bfd)?: .*(signal 9|Killed)|collect2: (fatal )?error: ld terminated with signal 9|clang.*: error: .*(signal 9|Killed)"),
        Host("compiler killed", "SIGKILL", @"signal: 9, SIGKILL"),
        Host("compiler killed", "irtual memory exhausted", @"virtual memory exhausted"),
        Host("compiler killed", "out of memory allocating", @"out of memory allocating \d+ bytes"),
        Host("compiler killed", "annot allocate memory", Tool + ".*: Cannot allocate memory"),
        Host("build disk broken", "nput/output error", Tool + ".*: Input/output error"),
        Host("build disk broken", "Stale ", Tool + ".*: Stale (NFS )?file handle"),
        Host("build disk broken", "ead-only file system", Tool + ".*: Read-only file system"),
        new("missing host header", EvidenceStrength.Configuration, EvidenceKind.Build, "fatal error: ", @"(scripts|tools|certs)/\S+: fatal error: (openssl|elf|libelf|gelf|libdw|dwarf|elfutils|ncurses|curses|libcap|sys/capability|slang|Python|gmp|mpc|numa|zlib|zconf|lzma|uuid|curl|libudev|yaml)[\w/.-]*: No such file"),
        new("missing build tool", EvidenceStrength.Configuration, EvidenceKind.Build, "not found", @"^(/bin/)?\w*sh: (line )?(\d+: )?\S+: (command )?not found|^make: \S+: No such file or directory"),
    ];

    private static EvidencePattern[] Configuration =>
    [
        Config("modules disabled", "configuration has modules disabled", @"kernel configuration has modules disabled"),
        Config("no rule to make target", "No rule to make target", @"\*\*\* No rule to make target [`'][^']*'\.  ?Stop"),
        Config("missing certificate", "No rule to make target", @"\*\*\* No rule to make target [`'](debian|certs|\S*\.pem)[^']*', needed by"),
        Config("nothing to make", "akefile found.", @"\*\*\* No targets specified and no makefile found\.  ?Stop"),
        Config("no such directory", ".  Stop.", @"^make(\[\d+\])?: \*\*\* .*: No such file or directory\.  ?Stop"),
        Config("missing defconfig", "default configuration", @"Can't find default configuration"),
        Config("missing configuration", "onfiguration file", @"\*\*\* Configuration file .* not found"),
        Config("source tree not clean", "not clean", @"\*\*\* The source tree is not clean|source tree is not clean, please run"),
        Config("toolchain", "ompiler", @"^(\S+:\d+: )?(\*\*\* )?(Sorry, this (C )?compiler is not supported|Compiler .*(not found|too old|lacks)|C compiler '.*' not found|Rust compiler .* (not found|could not be found|too old)|unknown C? ?compiler)|: unknown C? ?compiler$|^\*\*\* (C|Rust) compiler is too old"),
        Config("toolchain", "inker", @"^\*\*\* Linker is too old|: unknown linker$|Sorry, this linker is not supported"),
        Config("toolchain", "please install", @"^(\S+:\d+: )?(error: |\*\*\* )?(Cannot (generate|resolve|find)|No libelf|.*requires libelf).*please install"),
        Config("toolchain", "command not found -", @"^""?mkimage""? command not found - U-Boot images will not be built"),
        Config("job variables", "yaml invalid", @"^(ERROR|FATAL): .*yaml invalid"),
    ];

    // Counted once make (or what else drives the build) ended on them: see EvidenceCollector.
    private static EvidencePattern[] Build =>
    [
        Of("modpost", "modpost: ", @"^(ERROR|FATAL): modpost: "),
        Of("modpost", "undefined!", @"^ERROR: .*\[.*\] undefined!"),
        Of("depmod", "depmod: ", @"^depmod: (ERROR|FATAL): (Cycle|Found)"),
        Of("objtool", "objtool", @"error: objtool|objtool: .*(error|can't|cannot|failed)"),
        Of("sparse", "sparse: ", @"sparse: (sparse: )?error:|^\S+:\d+:\d+: sparse: error"),
        Of("linker", "ndefined ", @"undefined (reference to|symbol)|Undefined symbols? "),
        Of("linker", "multiple definition of", @"multiple definition of "),
        Of("linker", "ld: |ld.lld: |ld.bfd: |ld.gold: ", @"^(\S*[-/])?ld(\.lld|\.bfd|\.gold)?: .*(error|cannot|not found|overlap|overflow|failed|discarded|unrecognized|incompatible|bigger than|ASSERT|assert)"),
        Of("linker", "relocation ", @"relocation (truncated to fit|.* out of range)"),
        Of("assembler", "rror: ", @"^(\S+|\{standard input\}):\d+: (Error|Fatal error): "),
        Of("device tree", "ERROR", @"^(\S+: )?(ERROR|FATAL ERROR)( \(\w+\))?: .*(dts|input tree|label|node|phandle)|^\S+\.dtsi?:.*: ERROR"),
        Of("device tree", "rror: ", @"^Error: \S+\.dtsi?:\d+"),
        Of("rust compiler", "error[E", @"^error\[E\d{4}\]: .+"),
        Of("rust compiler", "error: ", @"^error: (aborting due to|expected |cannot find|unused |unresolved|mismatched|linking with|unknown (feature|lint)|failed to resolve|macro |no rules expected|use of |this |the (trait|type|macro|item|attribute)|missing |unexpected |proc-macro|lifetime|unsafe |`|type |hidden lifetime|redundant|struct |function |method |constant |unreachable)"),
        Of("compiler", "rror: ", @"^(\S+ )?\S+\.(c|h|S|cc|cpp|hpp|rs|y|l|lds|dts|dtsi|i|s|inc)(:\d+)+: (fatal |internal compiler )?error: |^(<[^>]+>|\S+\.[chS])(:\d+)*: error: "),
        Of("compiler", "error: ", @"^(cc1|cc1plus|clang|gcc|g\+\+|\S+-gcc|lld|rustc)(: |-\d+: ).*error: "),
        Of("compiler", "being treated as errors", @"^cc1\w*: (all|some) warnings being treated as errors"),
        Of("BTF", "FAILED|BTF:|generate BTF", @"^(FAILED: load BTF|FAILED .*BTF|BTF.*(failed|error)|Failed to generate BTF)|^FAILED:? .*resolve_btfids"),
        Of("BTF", "pahole: ", @"^pahole: .*(Segmentation fault|failed|error|Invalid)"),
        Of("symbols", "nconsistent kallsyms", @"^Inconsistent kallsyms data"),
        Of("missing source", "No rule to make target", @"No rule to make target .*, needed by "),
        Of("Kconfig", "Kconfig:|Kconfig.", @"Kconfig\S*:\d+:.*(error|syntax|invalid|unknown|can't open|can ?not|unexpected|recursive)"),
        Of("Makefile", " *** ", @"^\S*(Makefile|Kbuild|\.mk|\.build)\S*:\d+: \*\*\* (missing separator|(commands|recipe) commences? before|unterminated|invalid|multiple target|mixed|extraneous|target pattern|insufficient)"),
        Of("syntax", "syntax error", @"^\S+:\d+:.*syntax error"),
        Of("section mismatch", "ection mismatch", @"(FATAL|ERROR).*[Ss]ection mismatch"),
        Of("script error", "rror: ", @"^(\w*Error|Traceback): .*(scripts|tools|rust)/"),
    ];

    private static EvidencePattern[] Plain =>
    [
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "patch does not apply|patch failed|corrupt patch", @"^(error|fatal): .*: patch does not apply|^error: patch failed: |^error: corrupt patch at"),
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "Patch ", @"^Patch failed at \d+|^Patch .* does not apply"),
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "out of ", @"\d+ out of \d+ hunks? (FAILED|failed)"),
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "CONFLICT (|Automatic merge failed", @"^CONFLICT \(.*\): |^Automatic merge failed; fix conflicts"),
        new("patch does not apply", EvidenceStrength.Configuration, EvidenceKind.Plain, "Merge conflict in", @"^CONFLICT \(.*\): Merge conflict in "),
        new("vanished commit", EvidenceStrength.Configuration, EvidenceKind.Plain, "not our ref", @"upload-pack: not our ref|remote error: .*not our ref"),
        new("vanished commit", EvidenceStrength.Configuration, EvidenceKind.Plain, "reference is not a tree", @"^fatal: reference is not a tree"),
        new("vanished commit", EvidenceStrength.Configuration, EvidenceKind.Plain, "nable to read tree", @"^fatal: .*unable to read tree"),
        new("vanished commit", EvidenceStrength.Configuration, EvidenceKind.Plain, "ind remote ref", @"^fatal: [Cc]ouldn't find remote ref"),
        Weak("external watchdog", "xternal Watchdog Expired", @"External Watchdog Expired", EvidenceKind.Plain),
        Weak("external watchdog", "xternal watchdog", @"[Ee]xternal [Ww]atchdog expired", EvidenceKind.Plain),
        Weak("boot timed out", "timed out after", @"(auto-login|login|bootloader|lava-test|minimal-boot|uboot|depthcharge|grub|ipxe|fastboot|kernel-messages)\S*(-action|-commands|-retry|-overlay|-shell)?\S* timed out after \d+", EvidenceKind.Plain),
        Weak("test timed out", "imed out", @"^(not ok .*TIMEOUT|.*\bTIMEOUT\b.*timed out|LocalWatchdog|.*lava_test_shell.*timed out|Test timed out|.*: Timed out waiting for (?:login|boot))", EvidenceKind.Plain),
        Weak("test broken", "TBROK", @"\bTBROK\b", EvidenceKind.Plain),
        Weak("test bailed out", "Bail out!", @"^Bail out!", EvidenceKind.Plain),
        Weak("unnamed kernel trouble", "Call Trace:|Call trace:", @"^(Call Trace|Call trace):", EvidenceKind.Kernel),
        Weak("unnamed kernel trouble", "[ cut here ]", @"\[ cut here \]", EvidenceKind.Kernel),
        Weak("unnamed kernel trouble", "[ end trace", @"-+\[ end trace", EvidenceKind.Kernel),
    ];

    private static EvidencePattern Of(string name, string literal, string expression) => Strong(name, EvidenceKind.Build, literal, expression);

    private static EvidencePattern Host(string name, string literal, string expression) =>
        new(name, EvidenceStrength.Host, EvidenceKind.Build, literal, expression);

    private static EvidencePattern Config(string name, string literal, string expression) =>
        new(name, EvidenceStrength.Configuration, EvidenceKind.Plain, literal, expression);
}
