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
    MatchersVerbs.Command(),
};
return await Exit.GuardAsync(() => root.Parse(args).InvokeAsync());
