using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

public static partial class Shapes
{
    private static Attempt Cut => Attempt.Failed(RunnerTraces.ScriptFailure(["$ ./run.sh", "[    1.000000] ordinary dmesg", "Job's log exceeded limit of 4194304 bytes."]) with { Epilogue = null });

    private static IEnumerable<Shape> Endings()
    {
        yield return new Shape("allow_failure", Always(Build("x86_64"), Test("x86_64"), Build("riscv64", Compile) with { AllowFailure = true }))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass riscv64/build=Known",
            Wrong = (_, result) => result.Warnings.Count == 1 ? null : "no warning about the job that may fail",
        };
        yield return new Shape("skipped because of needs", Always(Build("x86_64", Compile), Test("x86_64"), Build("s390x"), Test("s390x")))
        {
            Ends = "Failed: x86_64/build=Fail x86_64/test=NotRun s390x/build=Pass s390x/test=Pass",
            Wrong = (_, result) => result.Cells[1].Why?.Contains("because of build x86_64", StringComparison.Ordinal) == true ? null : result.Cells[1].Why,
        };
        yield return new Shape("build ran out of time", Always(Build("x86_64", Attempt.Failed(RunnerTraces.ScriptFailure(["$ make", "  CC  fs/a.o"]), "job_execution_timeout"), Good), Test("x86_64")))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
            Wrong = (town, _) => Tries(town, "build x86_64") == 2 ? null : "the build was not tried once more",
        };
        yield return new Shape("test ran out of time", Always(Build("x86_64"), Test("x86_64", Attempt.Failed(RunnerTraces.ScriptFailure(["$ ./run.sh"]), "job_execution_timeout"), Good)))
        {
            Ends = "Passed: x86_64/build=Pass x86_64/test=Flaky",
        };
        yield return new Shape("stuck in running", Always(Build("x86_64"), Test("x86_64")))
        {
            Build = town => town.GitLab.Faults.StuckPipelines(new FaultWhen()),
            Ends = "Passed: x86_64/build=Pass x86_64/test=Pass",
        };
        yield return new Shape("tested nothing", Always(Build("x86_64"), Test("x86_64", new Attempt { Trace = RunnerTraces.Success("$ ./run.sh", "recipe 14022311: no machines matched", "0 tests executed") })))
        {
            Ends = "Incomplete: x86_64/build=Pass x86_64/test=NotRun",
        };
        yield return new Shape("JUnit decides", Always(Build("x86_64"), Test("x86_64", Cut with { Artifacts = new SortedDictionary<string, string> { ["junit.xml"] = JUnit } })))
        {
            Ends = "Failed: x86_64/build=Pass x86_64/test=Fail",
            Wrong = (_, result) => result.Failures[0].Lines[0] == "xfs xfs/001" ? null : result.Failures[0].Lines[0],
        };
        yield return new Shape("GitLab's test report decides", Always(Build("x86_64"), Test("x86_64", Cut with { Tests = [new TestCase("test x86_64", "xfs/001", "failed")] })))
        {
            Ends = "Failed: x86_64/build=Pass x86_64/test=Fail",
        };
        yield return new Shape("cut, and no results", Always(Build("x86_64"), Test("x86_64", Cut)))
        {
            Ends = "Undetermined: x86_64/build=Pass x86_64/test=NotRun",
        };
        yield return new Shape("verdict from a job", Always(Build("x86_64"), Test("x86_64", Attempt.Failed(RunnerTraces.TestFailure())), new JobScript("triage", "triage") { When = "always" }))
        {
            Tree = Pipeline(p => p with { VerdictFrom = new VerdictFrom(VerdictSource.Job, "triage") }),
            Ends = "Passed: x86_64/build=Pass x86_64/test=Fail -/triage=Pass",
        };
        yield return new Shape("verdict from kcidb", Always(Build("x86_64"), Test("x86_64"), new JobScript("results", "results") { Attempts = [new Attempt { Artifacts = new SortedDictionary<string, string> { ["kcidb_all.json"] = Kcidb } }] }))
        {
            Tree = Pipeline(p => p with { VerdictFrom = new VerdictFrom(VerdictSource.Kcidb) }),
            Ends = "Failed: x86_64/build=Pass x86_64/test=Pass -/results=Pass",
        };
    }

    private const string JUnit = """
        <?xml version="1.0"?><testsuites><testsuite name="xfs" tests="2">
        <testcase classname="xfs" name="xfs/001"><failure message="output mismatch">...</failure></testcase>
        <testcase classname="xfs" name="xfs/002"/></testsuite></testsuites>
        """;

    private const string Kcidb = """{"version":{"major":4,"minor":0},"tests":[{"id":"a","path":"ltp","status":"PASS"},{"id":"b","path":"boot","status":"FAIL"},{"id":"c","path":"xfs","status":"FAIL","waived":true}]}""";
}
