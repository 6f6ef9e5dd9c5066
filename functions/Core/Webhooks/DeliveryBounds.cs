namespace Cki;

/// <summary>What is read of a delivery at all.</summary>
public static class DeliveryBounds
{
    /// <summary>GitLab nests 6 deep, Sentry about 20; System.Text.Json's own bound is 64.</summary>
    public const int JsonDepthMax = 32;
}
