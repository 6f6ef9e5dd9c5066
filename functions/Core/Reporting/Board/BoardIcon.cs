namespace Cki;

/// <summary><c>board/icon.svg</c>: a tick in a rounded square.</summary>
public static class BoardIcon
{
    public const string Key = "board/icon.svg";

    public const string Svg =
        """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#1f5f99"/><path d="M4 8.5 7 11.5 12 5" fill="none" stroke="#fff" stroke-width="2"/></svg>""";
}
