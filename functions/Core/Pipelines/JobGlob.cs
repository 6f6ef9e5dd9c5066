using System.IO.Enumeration;

namespace Cki;

/// <summary>A glob on a job's name: <c>*</c> stands for any characters, <c>?</c> for one; with or without the bridges that lead to the job.</summary>
public static class JobGlob
{
    public static bool Matches(string glob, string name)
    {
        int own = name.LastIndexOf(" / ", StringComparison.Ordinal);
        return FileSystemName.MatchesSimpleExpression(glob, name, ignoreCase: false)
            || (own >= 0 && FileSystemName.MatchesSimpleExpression(glob, name.AsSpan(own + 3), ignoreCase: false));
    }
}
