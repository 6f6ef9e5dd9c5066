namespace Cki;

/// <summary>What an engine gives to every stage's composition method.</summary>
public sealed record SuitePorts(
    IMessageQueue Queue, IObjectStore Store, IFlows Flows, ISecrets Secrets, IConfigSource Config, TimeProvider Clock, Dice Dice)
{
    /// <summary>How others reach our front door, without <c>/webhooks</c>; null: nobody said, and the health of webhooks is not watched.</summary>
    public Uri? FrontDoor { get; init; }

    public Documents Documents => new(Store, Dice, Clock);

    public Switches Switches => new(Documents, Clock);

    public DueMarkers Due => new(Documents);

    /// <param name="stage">e.g. <c>commit-detection</c>.</param>
    public Post PostFrom(string stage) => new(Queue, Dice, Clock, $"/cki/{stage}");
}
