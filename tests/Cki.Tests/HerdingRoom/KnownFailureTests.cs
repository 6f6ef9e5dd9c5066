using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class KnownFailureTests
{
    private static readonly RunDetection Run = A.Detection('b', "topic") with { Previous = A.Sha('a') };

    [Theory]
    [InlineData("[   12.401337] BUG: kernel NULL pointer dereference, address: 0000000000000018", "[ 9912.1] BUG: kernel NULL pointer dereference, address: 0000000000000020")]
    [InlineData("fs/ext4/inode.c:4211:9: error: implicit declaration of function 'foo'", "fs/ext4/inode.c:4302:13: error: implicit declaration of function 'foo'")]
    [InlineData("/builds/cki/a1/net/core/dev.c:12:1: error: expected ';'", "/builds/cki/b2/x/net/core/dev.c:99:1: error: expected ';'")]
    public void The_same_failure_of_another_day_has_the_same_signature(string one, string other) =>
        Assert.Equal(FailureSignature.Of([one]), FailureSignature.Of([other]));

    [Theory]
    [InlineData("fs/ext4/inode.c:1:9: error: implicit declaration of function 'foo'", "fs/ext4/inode.c:1:9: error: implicit declaration of function 'bar'")]
    [InlineData("not ok 2 selftests: net: tls # exit=1", "not ok 2 selftests: net: udpgso.sh # exit=1")]
    public void Different_failures_have_different_signatures(string one, string other) =>
        Assert.NotEqual(FailureSignature.Of([one]), FailureSignature.Of([other]));

    [Fact]
    public void Lines_that_end_each_failed_build_tell_nothing() =>
        Assert.Null(FailureSignature.Of(["make[2]: *** [/builds/x/Makefile:2003: .] Error 2", "12345", "make: *** [Makefile:248: __sub-make] Error 2"]));

    [Fact]
    public void The_parents_failure_is_known_and_so_is_its_beginning()
    {
        KnownFailure parent = Seen("mainline", "topic", 'a') with { Since = A.Noon.AddDays(-9) };
        Assert.Equal(parent, KnownFailures.Of(Run, null, [Seen("mainline", "topic", 'c'), parent], A.Noon));
        HerdDecision judged = KnownFailures.Judge(A.Decision(), Run, parent);
        Assert.Equal((JobFinding.Known, "because the test says so; known since 2026-11-13 12:00 UTC on the parent aaaaaaaaaaaa"), (judged.Finding, judged.Reason));
    }

    [Fact]
    public void The_base_branch_and_other_trees_count_for_two_weeks()
    {
        KnownFailure onBase = Seen("mainline", "main", 'd');
        KnownFailure elsewhere = Seen("stable", "linux-6.12.y", 'e');
        Assert.Equal(onBase, KnownFailures.Of(Run, "main", [onBase], A.Noon));
        Assert.Null(KnownFailures.Of(Run, null, [onBase], A.Noon));
        Assert.Equal(elsewhere, KnownFailures.Of(Run, null, [elsewhere], A.Noon));
        Assert.Null(KnownFailures.Of(Run, "main", [onBase, elsewhere], A.Noon.AddDays(15)));
    }

    [Fact]
    public void The_commit_itself_on_another_branch_makes_nothing_known() =>
        Assert.Null(KnownFailures.Of(Run, "main", [Seen("mainline", "main", 'b'), Seen("stable", "x", 'b')], A.Noon));

    [Fact]
    public void Only_what_a_trace_proves_is_compared()
    {
        Assert.NotNull(KnownFailures.SignatureOf(A.Decision() with { Quote = ["not ok 2 selftests: net: tls"] }));
        Assert.Null(KnownFailures.SignatureOf(A.Decision(HerdAct.Confirm, JobFinding.Undetermined) with { Quote = ["not ok 2 selftests: net: tls"] }));
    }

    private static KnownFailure Seen(string tree, string branch, char sha) =>
        new("5167", new TreeName(tree), branch, new RunId($"{tree}-{sha}"), A.Sha(sha), "build x86_64", "error", A.Noon, A.Noon);
}
