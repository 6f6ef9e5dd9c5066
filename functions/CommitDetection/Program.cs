using Cki.Adapters;
using Cki.CommitDetection;

return await LambdaWorld.RunAsync(start => new FunctionRoutes(CommitDetectionStage.Compose(start.Ports, start.Http, start.Logs)));
