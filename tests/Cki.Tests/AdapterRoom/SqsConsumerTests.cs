using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AdapterRooms;

public sealed class SqsConsumerTests
{
    [Theory]
    [InlineData("https://sqs.eu-central-1.amazonaws.com/123456789012/team", "eu-central-1")]
    [InlineData("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/team", "cn-north-1")]
    [InlineData("https://queue.example/123456789012/team", null)]
    [InlineData("http://localhost:4566/000000000000/team", null)]
    public void The_queue_s_address_tells_its_region(string queue, string? region) => Assert.Equal(region, SqsConsumer.RegionOf(new Uri(queue)));
}
