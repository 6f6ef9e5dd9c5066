using Cki.GitLabSimulator;
using Attempt = Cki.GitLabSimulator.JobAttempt;

namespace Cki.Simulation.Tests;

public static partial class Shapes
{
    private static Action<Town> Second => town => town.GitLab.AddRunner("runner-2");

    private static Attempt There => Lockup with { Runner = "runner-2" };

    private static Attempt Unexplained => Attempt.Failed(RunnerTraces.ScriptFailure(["$ ./boot-test.sh", "the frobnicator said no to this very kernel"]));

    private static IEnumerable<Shape> Confirmed()
    {
        yield return new Shape("reproduced elsewhere, parent passes", isParent => new PipelineScript([Build("x86_64"), Test("x86_64", isParent ? [Good] : [Lockup, There])]))
        {
            HasParent = true, Build = Second,
            Ends = "Failed: x86_64/build=Pass x86_64/test=Fail",
            Wrong = (_, result) => result.Reason.Contains("passes", StringComparison.Ordinal) && result.Reason.Contains("runner-2", StringComparison.Ordinal) ? null : result.Reason,
        };
        yield return new Shape("reproduced elsewhere, parent fails too", Always(Build("x86_64"), Test("x86_64", Lockup, There)))
        {
            HasParent = true, Build = Second,
            Ends = "Passed: x86_64/build=Pass x86_64/test=Known",
        };
        yield return new Shape("not reproduced", Always(Build("x86_64"), Test("x86_64", Lockup, Good with { Runner = "runner-2" })))
        {
            Build = Second,
            Ends = "Passed: x86_64/build=Pass x86_64/test=Flaky",
            Wrong = (_, result) => result.Warnings.Count == 1 ? null : "no note about the flaky test",
        };
        yield return new Shape("never elsewhere", Always(Build("x86_64"), Test("x86_64", Lockup)))
        {
            Ends = "Undetermined: x86_64/build=Pass x86_64/test=NotRun",
            Wrong = (town, result) => Tries(town, "test x86_64") != 3 ? $"{Tries(town, "test x86_64")} tries"
                : result.Reason.Contains("same machine", StringComparison.Ordinal) ? null : result.Reason,
        };
        yield return new Shape("elsewhere at the second re-run", Always(Build("x86_64"), Test("x86_64", Lockup, Lockup, There)))
        {
            Build = Second,
            Ends = "Failed: x86_64/build=Pass x86_64/test=Fail",
        };
        yield return new Shape("unexplained, as the tree asks", isParent => new PipelineScript([
            Build("x86_64"), Test("x86_64", isParent ? [Good] : [Unexplained, Unexplained with { Runner = "runner-2" }])]))
        {
            HasParent = true, Build = Second, Tree = tree => tree with { Confirm = ConfirmWhat.Unexplained },
            Ends = "Failed: x86_64/build=Pass x86_64/test=Fail",
        };
        yield return new Shape("unexplained, no parent known", Always(Build("x86_64"), Test("x86_64", Unexplained, Unexplained with { Runner = "runner-2" })))
        {
            Build = Second, Tree = tree => tree with { Confirm = ConfirmWhat.Unexplained },
            Ends = "Undetermined: x86_64/build=Pass x86_64/test=NotRun",
        };
        yield return new Shape("known from the parent", Always(Build("x86_64"), Test("x86_64", Attempt.Failed(RunnerTraces.TestFailure())), Build("s390x"), Test("s390x")))
        {
            HasParent = true,
            Ends = "Passed: x86_64/build=Pass x86_64/test=Known s390x/build=Pass s390x/test=Pass",
        };
        yield return new Shape("new, since the parent passes", isParent => new PipelineScript([
            Build("x86_64"), Test("x86_64", isParent ? [Good] : [Attempt.Failed(RunnerTraces.TestFailure())])]))
        {
            HasParent = true,
            Ends = "Failed: x86_64/build=Pass x86_64/test=Fail",
        };
    }
}
