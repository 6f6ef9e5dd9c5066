using System.IO.Enumeration;

namespace Cki;

/// <summary>A glob on a job's name: <c>*</c> stands for any characters, <c>?</c> for one; with or without the bridges that lead to the job.</summary>
public static class JobGlob
{
    public static bool Matches(string glob, string name) =>
        FileSystemName.MatchesSimpleExpression(glob, name, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(glob, name.AsSpan(name.LastIndexOf(" / ", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0), ignoreCase: false);
}
