using Cki.Adapters;
using Cki.Watch;

return await LambdaWorld.RunAsync(start => new FunctionRoutes(WatchStage.Compose(start.Ports, start.Http, start.Logs)));
