using Cki.Adapters;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.AwsRooms;

public sealed class PortWiring
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_without_its_variable_says_which_at_its_first_use()
    {
        using AwsPorts aws = AwsPorts.FromEnvironment(_ => null, TimeProvider.System, new SeededDice());
        SuitePorts ports = aws.Ports;
        Assert.Equal("Environment variable CKI_QUEUE_HERD_URL is not set", await WhyAsync(() => ports.Queue.SendAsync(new OutgoingMessage("herd", "{}", "g"), Stop)));
        Assert.Equal("Environment variable CKI_STATE_BUCKET is not set", await WhyAsync(() => ports.Store.GetAsync("runs/a", Stop)));
        Assert.Equal("Environment variable CKI_ARCHIVE_BUCKET is not set", await WhyAsync(() => ports.Store.GetAsync("deliveries/a", Stop)));
        Assert.Equal("Environment variable CKI_SECRETS_PATH is not set", await WhyAsync(() => ports.Secrets.GetAsync("gitlab-token", Stop)));
        Assert.Equal("Environment variable CKI_FLOW_RETRY_JOB_ARN is not set", await WhyAsync(() => ports.Flows.StartAsync("retry-job", "a", "{}", Stop)));
        Assert.Throws<ConfigUnavailableException>(() => ports.Config.Current);
    }

    [Fact]
    public async Task An_installation_wires_the_same_ports()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(
            200,
            """
            {"Parameter":{"Name":"/cki/dev/installation","Value":"{\"v\":1,\"stack\":\"dev\",\"region\":\"eu-central-1\",\"stateBucket\":\"state\",\"archiveBucket\":\"archive\",\"secretsPath\":\"/cki/dev/secrets/\",\"queues\":{\"herd\":\"https://sqs.example/1/dev-herd\"},\"deadQueues\":{},\"flows\":{\"test-commit\":\"arn\"},\"webhookUrl\":\"https://hooks.example\",\"logGroup\":\"/cki/dev\",\"functions\":{\"WatchFunction\":\"dev-watch\"}}"}}
            """), new Told(200, """{"MessageId":"m"}"""));
        Installation? found = await Installation.FindAsync(aws.Session(), "dev", Stop);
        Assert.Equal(("dev", "state", "archive", "dev-watch"), (found!.Stack, found.StateBucket, found.ArchiveBucket, found.Functions["WatchFunction"]));
        using AwsPorts ports = AwsPorts.FromInstallation(found, aws.Environment.GetValueOrDefault, TimeProvider.System, new SeededDice());
        await ports.Ports.Queue.SendAsync(new OutgoingMessage("herd", "{}", "g"), Stop);
        Assert.Contains("https://sqs.example/1/dev-herd", aws.Asked[^1].Body);
        Assert.Equal("/cki/dev/installation names no report", await WhyAsync(() => ports.Ports.Queue.SendAsync(new OutgoingMessage("report", "{}", "g"), Stop)));
    }

    [Fact]
    public async Task A_stack_that_is_not_there_is_no_installation()
    {
        await using StandIn aws = await StandIn.StartAsync(new Told(400, """{"__type":"ParameterNotFound"}"""), new Told(200, """{"Parameter":{"Value":"{\"v\":1}"}}"""));
        Assert.Null(await Installation.FindAsync(aws.Session(), "dev", Stop));
        await Assert.ThrowsAsync<UnreadableDocumentException>(() => Installation.FindAsync(aws.Session(), "dev", Stop));
    }

    [Fact]
    public void Deliveries_and_spills_rest_in_the_archive()
    {
        var buckets = new StoreBuckets(() => "state", () => "archive");
        Assert.Equal(["archive", "archive", "state", "state"], ((string[])["deliveries/a", "spill/a", "runs/a", "delivery"]).Select(buckets.Of));
        Assert.Equal(["archive"], buckets.Under("deliveries/2026"));
        Assert.Equal(["state"], buckets.Under("runs/"));
        Assert.Equal(["state", "archive"], buckets.Under(""));
    }

    private static async Task<string> WhyAsync(Func<Task> use) => (await Assert.ThrowsAsync<InvalidOperationException>(use)).Message;
}
