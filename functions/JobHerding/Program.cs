using Cki.Adapters;
using Cki.JobHerding;

return await LambdaWorld.RunAsync(start => new FunctionRoutes(JobHerdingStage.Compose(start.Ports, start.Http, start.Logs)));
