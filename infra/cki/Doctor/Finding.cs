namespace Cki.Tool;

/// <summary>What a finding means for the doctor's exit code.</summary>
internal enum Severity
{
    /// <summary>Good to know; needs nobody.</summary>
    Note,

    /// <summary>The doctor could not look: neither good nor bad.</summary>
    CannotTell,

    /// <summary>Something is wrong or will be.</summary>
    Problem,
}

/// <param name="Check">Which check, e.g. <c>hooks</c>.</param>
/// <param name="What">What is so, as one line.</param>
/// <param name="Fix">What to do about it; null only for notes.</param>
internal sealed record Finding(Severity Severity, string Check, string What, string? Fix)
{
    public static Finding Problem(string check, string what, string fix) => new(Severity.Problem, check, what, fix);

    public static Finding CannotTell(string check, string what, string fix) => new(Severity.CannotTell, check, what, fix);

    public static Finding Note(string check, string what, string? fix = null) => new(Severity.Note, check, what, fix);
}
