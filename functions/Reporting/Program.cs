using Cki.Adapters;
using Cki.Reporting;

return await LambdaWorld.RunAsync(start =>
{
    string? board = start.Environment(SuiteEnvironment.BoardUrl);
    var options = new ReportingOptions
    {
        BoardUrl = string.IsNullOrEmpty(board) ? null : new Uri(board),
        Aws = region => new AwsSession(start.Environment, start.Ports.Clock, start.Ports.Dice, region),
    };
    return new FunctionRoutes(ReportingStage.Compose(start.Ports, start.Http, start.Logs, options));
});
