using System.Text;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class TestResultFileTests
{
    [Fact]
    public void JUnit_tells_failures_errors_and_skips() => Same(
        new TestResults(1, ["xfs xfs/001", "xfs xfs/004"], 1),
        """
        <?xml version="1.0"?>
        <testsuites><testsuite name="xfs"><properties><property name="a" value="b"/></properties>
        <testcase classname="xfs" name="xfs/001"><failure message="m">text <![CDATA[<testcase name="no"/>]]></failure></testcase>
        <testcase classname="xfs" name="xfs/002"/><testcase classname="xfs" name="xfs/003"><skipped/></testcase>
        <testcase classname="xfs" name="xfs/004"><error/><system-out>x</system-out></testcase></testsuite></testsuites>
        """);

    [Fact]
    public void A_JUnit_file_that_was_cut_counts_as_far_as_it_goes() =>
        Same(new TestResults(0, ["a b"]), """<testsuite><testcase classname="a" name="b"><failure/></testcase><testcase classname="a" na""");

    [Fact]
    public void A_document_type_with_entities_is_not_read() => Assert.Null(Read(
        """<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;">]><testsuite><testcase name="&y;"><failure/></testcase></testsuite>"""));

    [Fact]
    public void Kcidb_fails_by_FAIL_alone_and_not_by_what_is_waived() => Same(
        new TestResults(2, ["boot", "build aarch64"], 2),
        """
        {"version": {"major": 4}, "builds": [{"id": "b1", "architecture": "aarch64", "valid": false}, {"id": "b2", "valid": true}],
         "tests": [{"id": "1", "path": "ltp", "status": "PASS"}, {"id": "2", "path": "boot", "status": "FAIL"}, {"id": "3", "status": "MISS"},
                   {"id": "4", "status": "ERROR"}, {"id": "5", "path": "xfs", "status": "FAIL", "waived": true}]}
        """);

    [Fact]
    public void TAP_and_KTAP_count_their_top_level_only() => Same(
        new TestResults(2, ["lkdtm: SLAB_FREE_CROSS.sh"], 2),
        """
        KTAP version 1
        1..5
            not ok 1 a subtest
        ok 1 kasan
        not ok 2 - lkdtm: SLAB_FREE_CROSS.sh # exit=1
        ok 3 net # SKIP no device
        not ok 4 todo # TODO not yet
        ok 5
        """);

    [Theory]
    [InlineData("")]
    [InlineData("not ok, said the man, and left")]
    [InlineData("{\"a\": 1}")]
    [InlineData("{\"tests\": [")]
    [InlineData("<html><body>Sign in</body></html>")]
    [InlineData("\u0000\u0001\u0002")]
    public void What_holds_no_results_says_nothing(string text) => Assert.Null(Read(text));

    [Fact]
    public void Names_are_kept_up_to_a_bound()
    {
        TestResults results = Read("TAP version 13\n" + string.Concat(Enumerable.Range(0, 5000).Select(n => $"not ok {n} {new string('x', 1000)}\n")))!;
        Assert.Equal((100, 300), (results.Failed.Count, results.Failed[0].Length));
    }

    private static TestResults? Read(string text) => TestResultFile.Read("results", Encoding.UTF8.GetBytes(text));

    private static void Same(TestResults wanted, string text)
    {
        TestResults results = Read(text)!;
        Assert.Equal((wanted.Passed, wanted.Skipped), (results.Passed, results.Skipped));
        Assert.Equal(wanted.Failed, results.Failed);
    }
}
