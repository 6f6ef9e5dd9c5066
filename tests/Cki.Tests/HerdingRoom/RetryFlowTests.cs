using Cki.Engine;
using Xunit;

namespace Cki.Tests.HerdingRoom;

public class RetryFlowTests
{
    [Fact]
    public void The_interpreter_takes_the_flow_file()
    {
        string json = File.ReadAllText(Path.Combine(Shipped.Root(), "infra", "flows", "retry-job.asl.json"));
        FlowDefinition flow = FlowDefinition.Load("retry-job", json, new Dictionary<string, string> { ["JobHerdingTaskFunctionArn"] = "job-herding" });
        Assert.Equal("retry-job", flow.Name);
    }
}
