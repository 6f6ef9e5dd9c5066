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
    Uri? door = start.Environment(SuiteEnvironment.FrontDoor) is { Length: > 0 } url ? new Uri(url) : null;
    return new FunctionRoutes(ReportingStage.Compose(start.Ports with { FrontDoor = door }, start.Http, start.Logs, options));
});
