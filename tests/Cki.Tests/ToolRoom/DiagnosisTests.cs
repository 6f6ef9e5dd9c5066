using Cki.Tests.Doubles;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRooms;

public class DiagnosisTests
{
    private static string[] Said(DoctorFacts facts) => [.. Diagnosis.Of(facts).Select(f => $"{f.Severity} {f.Check}: {f.What}")];

    private static Finding TheOnly(DoctorFacts facts) => Assert.Single(Diagnosis.Of(facts));

    [Fact]
    public void Nothing_is_found_wrong_with_what_is_right()
    {
        Assert.Empty(Said(HealthyFacts.Facts()));
        Assert.Equal(0, Diagnosis.ExitCode([]));
        Assert.Equal(["--stack dev: nothing is wrong."], DoctorText.Lines(HealthyFacts.Facts(), []));
    }

    [Fact]
    public void A_note_is_no_fault_what_cannot_be_told_is_2_and_a_problem_outweighs_both()
    {
        Finding note = Finding.Note("x", "y"), unknown = Finding.CannotTell("x", "y", "z"), problem = Finding.Problem("x", "y", "z");
        Assert.Equal((0, 2, 1), (Diagnosis.ExitCode([note]), Diagnosis.ExitCode([note, unknown]), Diagnosis.ExitCode([unknown, problem])));
    }

    [Fact]
    public void Findings_are_told_worst_first_each_with_its_fix()
    {
        Finding[] findings = [Finding.Note("switches", "observing", "cki arm"), Finding.CannotTell("hooks", "no answer", "look again"), Finding.Problem("token", "expired", "make one")];
        Assert.Equal(
            [
                "BAD  token: expired", "     make one", "?    hooks: no answer", "     look again", "note switches: observing", "     cki arm",
                "--stack dev: 1 problem(s), and 1 thing(s) could not be looked at.",
            ],
            DoctorText.Lines(HealthyFacts.Facts(), findings));
    }

    [Fact]
    public void Every_error_of_the_configuration_is_a_problem()
    {
        ConfigError first = new(new ConfigPlace("trees.yaml", 4, 2), "trees[0].url", "is missing"), second = first with { Message = "is odd" };
        DoctorFacts facts = HealthyFacts.Facts() with { Config = new ConfigReading.Bad([first, second]) };
        Assert.Equal(
            ["Problem configuration: trees.yaml:4:2: trees[0].url: is missing", "Problem configuration: trees.yaml:4:2: trees[0].url: is odd"], Said(facts));
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_is_no_bad_configuration()
    {
        DoctorFacts facts = HealthyFacts.Facts() with { Config = null, ConfigTrouble = "the store did not answer" };
        Assert.Equal(["CannotTell configuration: it cannot be read: the store did not answer"], Said(facts));
    }

    [Fact]
    public void A_configuration_without_trees_or_channels_for_operators_is_told()
    {
        var config = new SuiteConfig("c0ffee", [], [], [], [], new MatcherTree([]));
        DoctorFacts facts = HealthyFacts.Facts() with { Config = new ConfigReading.Good(config) };
        Assert.Equal(
            ["Problem configuration: it names no tree, so that nothing is tested", "Problem configuration: no channel is for operators: nobody hears of trouble"],
            Said(facts));
    }

    [Fact]
    public void A_missing_secret_is_a_problem_with_the_command_that_sets_it()
    {
        Finding finding = TheOnly(HealthyFacts.Facts() with { Secrets = [new SecretFact("hook-token", "webhooks of source gitlab", false, null)] });
        Assert.Equal(
            Finding.Problem(
                "secrets", "there is no secret 'hook-token' (webhooks of source gitlab)",
                "aws ssm put-parameter --type SecureString --name /cki/dev/secrets/hook-token --value ..."),
            finding);
    }

    [Fact]
    public void On_one_machine_a_missing_secret_is_set_in_the_environment()
    {
        Finding finding = TheOnly(HealthyFacts.Facts() with { Installation = "--data d", Secrets = [new SecretFact("hook-token", "x", false, null)] });
        Assert.Equal("set CKI_SECRET_HOOK_TOKEN, or put a file hook-token into the directory given as --secrets", finding.Fix);
    }

    [Fact]
    public void A_secret_that_cannot_be_read_may_be_there() =>
        Assert.Equal(Severity.CannotTell, TheOnly(HealthyFacts.Facts() with { Secrets = [new SecretFact("a", "b", null, "throttled")] }).Severity);

    [Fact]
    public void A_part_of_the_stack_that_does_not_answer_is_a_problem() =>
        Assert.Equal(
            ["Problem stack: state machine retry-job does not answer: StateMachineDoesNotExist"],
            Said(HealthyFacts.Facts() with { Parts = [new PartStanding("state machine retry-job", "StateMachineDoesNotExist")] }));

    [Fact]
    public void Each_fault_of_a_hook_is_told_with_the_verb_that_repairs_it()
    {
        HookFact hook = HealthyFacts.Hook(HealthyFacts.GitLabsHook() with { AlertStatus = "temporarily_disabled", DisabledUntil = A.Noon, Events = ["pipeline_events"] });
        IReadOnlyList<Finding> findings = Diagnosis.Of(HealthyFacts.Facts() with { Hooks = [hook] });
        Assert.Equal(
            [
                "gitlab.example/cki/pipelines: GitLab has disabled it after failures until 2026-11-22 12:00Z",
                "gitlab.example/cki/pipelines: it does not send job_events",
            ],
            findings.Select(f => f.What));
        Assert.All(findings, f => Assert.Equal((Severity.Problem, "cki hooks repair --stack dev"), (f.Severity, f.Fix)));
    }

    [Fact]
    public void Hooks_without_an_address_or_an_answer_cannot_be_judged()
    {
        Assert.Equal(Severity.CannotTell, TheOnly(HealthyFacts.Facts() with { FrontDoor = null, Hooks = [] }).Severity);
        Assert.Equal(
            ["CannotTell hooks: gitlab.example/cki/pipelines: hooks cannot be read: 403 Forbidden"],
            Said(HealthyFacts.Facts() with { Hooks = [new HookFact(HealthyFacts.Wanted(), null, "403 Forbidden")] }));
    }
}
