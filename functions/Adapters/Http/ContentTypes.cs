namespace Cki.Adapters;

/// <summary>Media types of what the suite stores and the board shows.</summary>
public static class ContentTypes
{
    public const string Html = "text/html; charset=utf-8";
    public const string Json = "application/json";

    /// <summary>By the key's ending; null: none of the board's.</summary>
    public static string? Of(string key) => Path.GetExtension(key) switch
    {
        ".html" => Html,
        ".json" => Json,
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".xml" => "application/atom+xml; charset=utf-8",
        _ => null,
    };
}
