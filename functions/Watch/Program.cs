using Cki.Adapters;
using Cki.Watch;

return await LambdaWorld.RunAsync(start =>
{
    Uri? door = start.Environment(SuiteEnvironment.FrontDoor) is { Length: > 0 } url ? new Uri(url) : null;
    AwsSession Session(string? region) => new(start.Environment, start.Ports.Clock, start.Ports.Dice, region);
    async Task<QueueSight> QueueAsync(string queue, CancellationToken cancellationToken)
    {
        string address = start.Environment(SuiteEnvironment.QueueUrl(queue)) ?? throw new InvalidOperationException($"Environment variable {SuiteEnvironment.QueueUrl(queue)} is not set");
        using AwsSession session = Session(null);
        return await new QueueNumbers(session).ReadAsync(address[(address.LastIndexOf('/') + 1)..], cancellationToken);
    }
    var options = new WatchOptions { Probes = CheckProbes.With(CheckProbes.OverSockets(start.Ports), CheckProbes.OnAws(Session, QueueAsync)) };
    return new FunctionRoutes(WatchStage.Compose(start.Ports with { FrontDoor = door }, start.Http, start.Logs, options));
});
