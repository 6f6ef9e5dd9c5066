namespace Cki.Adapters;

/// <summary>Reads a body into memory, but never more of it than was agreed.</summary>
internal static class BoundedBody
{
    /// <summary>Throws <see cref="IOException"/> naming the bound when the body is longer.</summary>
    public static async Task<byte[]> ReadAsync(HttpContent content, int bytesMax, CancellationToken cancellationToken)
    {
        await using Stream body = await content.ReadAsStreamAsync(cancellationToken);
        using var whole = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (whole.Length + read > bytesMax)
                throw new IOException($"the answer is longer than {bytesMax} bytes");
            whole.Write(buffer, 0, read);
        }
        return whole.ToArray();
    }
}
