using System.Net;

namespace Cki.Tool;

/// <summary><c>--listen</c>: an address and port; port 0 takes a free one.</summary>
internal static class Listening
{
    public static IPEndPoint Parse(string text) =>
        IPEndPoint.TryParse(text, out IPEndPoint? point) && text.Contains(':')
            ? point
            : throw new BadInputException($"--listen {text}: not an address and port such as 127.0.0.1:8480");
}
