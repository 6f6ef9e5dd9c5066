namespace Cki;

/// <summary>Where in the runner's course a line stands. Artifact download and cache count as getting sources.</summary>
public enum TraceSection
{
    /// <summary>No section mark seen: a raw log, read as a script's.</summary>
    Unknown,
    Prepare,
    GetSources,
    Script,
    AfterScript,
    Upload,

    /// <summary>After everything; never what failed a job.</summary>
    Cleanup,
}

/// <summary>Whose output a line is.</summary>
public enum LineOrigin
{
    /// <summary>A command of the script.</summary>
    Tool,

    /// <summary>gitlab-runner itself.</summary>
    Runner,

    /// <summary>A test's own stdout (TAP, KTAP, LTP, xfstests, LAVA, Beaker): never an infrastructure line.</summary>
    Test,

    /// <summary>A kernel's console.</summary>
    Kernel,

    /// <summary>The runner's echo of a command, <c>$ make</c>.</summary>
    Command,
}

/// <summary>One normalised line: no control characters, no runner prefix, at most <see cref="LineText.CharactersMax"/> characters.</summary>
/// <param name="Number">From 1; parts of a line divided by carriage returns share it.</param>
/// <param name="Command">Number of the echoed command it belongs to; 0 before the first.</param>
public readonly record struct TraceLine(int Number, string Text, TraceSection Section, LineOrigin Origin, int Command);

/// <summary>Names of sections as recorded in decisions.</summary>
public static class TraceSections
{
    public static string NameOf(TraceSection section) => section switch
    {
        TraceSection.Prepare => "prepare",
        TraceSection.GetSources => "get_sources",
        TraceSection.Script => "step_script",
        TraceSection.AfterScript => "after_script",
        TraceSection.Upload or TraceSection.Cleanup => "upload",
        _ => "unknown",
    };

    /// <summary>The runner's section name (<c>section_start:TIME:NAME</c>); null for sections that scripts print themselves.</summary>
    public static TraceSection? OfMark(string name) => name switch
    {
        "prepare_executor" or "prepare_script" or "resolve_secrets" => TraceSection.Prepare,
        "get_sources" or "restore_cache" or "download_artifacts" => TraceSection.GetSources,
        "step_script" or "build_script" or "user_script" => TraceSection.Script,
        "after_script" => TraceSection.AfterScript,
        "upload_artifacts_on_success" or "upload_artifacts_on_failure" or "archive_cache" or "archive_cache_on_failure" => TraceSection.Upload,
        "cleanup_file_variables" => TraceSection.Cleanup,
        _ => null,
    };

    /// <summary>Texts of which each heading holds one.</summary>
    internal static readonly string[] Headings =
    [
        "Running with gitlab-runner ", "Preparing environment", "Getting source from Git", "Downloading artifacts", "Restoring cache", "Executing \"step_script\"", "Running after_script",
        "Uploading artifacts", "Saving cache", "Cleaning up project directory",
    ];

    /// <summary>The heading the runner prints with each section, for logs without marks; null for any other line.</summary>
    public static TraceSection? OfHeading(string text) => text switch
    {
        _ when text.StartsWith("Running with gitlab-runner ", StringComparison.Ordinal) => TraceSection.Prepare,
        "Preparing environment" => TraceSection.Prepare,
        "Getting source from Git repository" or "Downloading artifacts" or "Restoring cache" => TraceSection.GetSources,
        _ when text.StartsWith("Executing \"step_script\" stage", StringComparison.Ordinal) => TraceSection.Script,
        "Running after_script" => TraceSection.AfterScript,
        "Uploading artifacts for failed job" or "Uploading artifacts for successful job" or "Saving cache for failed job"
            or "Saving cache for successful job" => TraceSection.Upload,
        "Cleaning up project directory and file based variables" => TraceSection.Cleanup,
        _ => null,
    };
}
