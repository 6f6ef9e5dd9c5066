namespace Cki.GitLabSimulator;

/// <summary>Lines of one section; a line that begins with <c>E:</c> goes to the error stream, one that begins with <c>$ </c> is an echoed command.</summary>
/// <param name="Name">prepare_executor, prepare_script, get_sources, step_script, after_script, upload_artifacts_on_success, ...</param>
/// <param name="Title">The green or cyan headline; null prints none.</param>
public sealed record TraceSection(string Name, string? Title, params IReadOnlyList<string> Lines);

/// <summary>What a job's log says; <see cref="TraceText"/> prints it as a runner does.</summary>
/// <param name="Epilogue">The last line: <c>Job succeeded</c> or <c>ERROR: Job failed: exit code 1</c>; null when the runner never got to it.</param>
public sealed record JobTrace(IReadOnlyList<TraceSection> Sections, string? Epilogue)
{
    /// <summary>Each line with the runner's time and stream (FF_TIMESTAMPS, the default since runner 17.0); default off.</summary>
    public bool Timestamps { get; init; }

    /// <summary>While the job runs, the trace grows with it; false shows nothing until the end.</summary>
    public bool Grows { get; init; } = true;

    /// <summary>How long after the job's end the last part of the trace is still missing.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>No trace at all: what a runner leaves that died before its first word.</summary>
    public static readonly JobTrace None = new([], null);

    /// <summary>The same with an after_script that printed these lines.</summary>
    public JobTrace WithAfterScript(params IReadOnlyList<string> lines) => this with
    {
        Sections = [.. Sections.SelectMany(section => section.Name == "step_script"
            ? [section, new TraceSection("after_script", "Running after_script", ["\e[32;1mRunning after script...\e[0;m", .. lines])]
            : new[] { section })],
    };
}
