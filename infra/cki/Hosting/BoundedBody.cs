namespace Cki.Tool;

/// <summary>Reads a request's body up to a bound; a larger one is not kept.</summary>
internal static class BoundedBody
{
    /// <summary>Null when the body is larger than <paramref name="bytesMax"/>.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent? content, int bytesMax, CancellationToken cancellationToken)
    {
        if (content is null)
            return [];
        if (content.Headers.ContentLength > bytesMax)
            return null;
        await using Stream body = await content.ReadAsStreamAsync(cancellationToken);
        using var kept = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (kept.Length + read > bytesMax)
                return null;
            kept.Write(chunk, 0, read);
        }
        return kept.ToArray();
    }
}
