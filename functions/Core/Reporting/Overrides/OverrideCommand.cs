namespace Cki;

/// <summary>What a person orders in a note. There is nothing else that a note can do.</summary>
public abstract record OverrideCommand
{
    private OverrideCommand() { }   // closed

    /// <param name="Job">Null: every job that failed.</param>
    public sealed record Retry(string? Job) : OverrideCommand;

    public sealed record Retest : OverrideCommand;

    public sealed record Stop : OverrideCommand;

    /// <param name="Reason">Empty where none was given.</param>
    public sealed record Wrong(string Job, string Reason) : OverrideCommand;

    /// <param name="Pattern">Glob on job names.</param>
    public sealed record Mute(string Pattern, TimeSpan For) : OverrideCommand;

    public sealed record Help : OverrideCommand;

    /// <summary>Spoken to our bot, and not understood.</summary>
    /// <param name="Why">With what was said, cleaned.</param>
    public sealed record Unknown(string Why) : OverrideCommand;

    /// <summary>The verb, as it is written.</summary>
    public string Verb => this switch
    {
        Retry => "retry",
        Retest => "retest",
        Stop => "stop",
        Wrong => "wrong",
        Mute => "mute",
        Help => "help",
        _ => "unknown",
    };
}
