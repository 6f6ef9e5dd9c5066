using Cki.Adapters;
using Cki.Watch;

return await LambdaWorld.RunAsync(start =>
{
    Uri? door = start.Environment(SuiteEnvironment.FrontDoor) is { Length: > 0 } url ? new Uri(url) : null;
    return new FunctionRoutes(WatchStage.Compose(start.Ports with { FrontDoor = door }, start.Http, start.Logs));
});
