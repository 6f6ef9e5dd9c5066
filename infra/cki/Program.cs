using System.CommandLine;
using Cki.Tool;

var root = new RootCommand("CKI Serverless: every kernel commit tested and reported, on infrastructure that fails now and then.")
{
    UpVerb.Command(),
    DemoVerb.Command(),
    ConfigVerbs.Command(),
    RunVerbs.Command(),
    SwitchVerbs.Pause(),
    SwitchVerbs.Resume(),
    SwitchVerbs.Observe(),
    SwitchVerbs.Arm(),
    DeadVerbs.Command(),
    HooksVerbs.Command(),
    ChecksVerbs.Command(),
    DoctorVerb.Command(),
    BoardVerb.Command(),
    LogsVerb.Command(),
    MatchersVerbs.Command(),
    ImportVerb.Command(),
    OutageVerbs.Command(),
    ReplayVerb.Command(),
    StagingVerbs.Command(),
    BackupVerb.Command(),
    RestoreVerb.Command(),
    RebuildVerb.Command(),
};
ParseResult parsed = root.Parse(args);
// Those that serve listen to signals themselves and drain; the parser's own handler would end them after two seconds.
bool isServing = parsed.CommandResult.Command.Name is "up" or "board";
var invocation = new InvocationConfiguration();
if (isServing)
    invocation.ProcessTerminationTimeout = null;
int code = await Exit.GuardAsync(() => parsed.InvokeAsync(invocation));
return parsed.Errors.Count > 0 ? Exit.BadInput : code;
