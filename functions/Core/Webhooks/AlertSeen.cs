namespace Cki;

/// <summary>One alert of another system.</summary>
/// <param name="Id">The same for the same alert, whatever its state: 1 to 64 hexadecimal digits.</param>
/// <param name="Title">One line: its name and what it says.</param>
/// <param name="Text">Its description, links and labels, a line each.</param>
/// <param name="IsOver">It was resolved.</param>
public sealed record AlertSeen(string Id, string Title, string Text, bool IsOver)
{
    /// <param name="source">Who tells of it.</param>
    public NoticeRaised Notice(string source) => new($"alert-{source}-{Id}", $"{source}: {(IsOver ? "resolved: " : "")}{Title}", Text, IsOver);
}
