using Cki.Adapters;
using Cki.PipelineTrigger;

return await LambdaWorld.RunAsync(start => new FunctionRoutes(PipelineTriggerStage.Compose(start.Ports, start.Http, start.Logs)));
