namespace Cki.Adapters;

/// <summary>
/// A log while it comes in: forward only, owns its response. A read that brings nothing for a while ends in
/// <see cref="GitLabUnavailableException"/>, as does a broken connection, so that readers need to know one kind of trouble.
/// </summary>
internal sealed class TraceStream : Stream
{
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly string _what;
    private readonly TimeProvider _clock;

    private TraceStream(HttpResponseMessage response, Stream body, string what, TimeProvider clock) =>
        (_response, _body, _what, _clock) = (response, body, what, clock);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static async Task<Stream> OpenAsync(HttpResponseMessage response, string what, TimeProvider clock, CancellationToken cancellationToken) =>
        new TraceStream(response, await response.Content.ReadAsStreamAsync(cancellationToken), what, clock);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var deadline = new Deadline(StallMax, _clock, cancellationToken);
        try
        {
            return await _body.ReadAsync(buffer, deadline.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && deadline.IsOver))
        {
            string how = deadline.IsOver ? $"stalled for {StallMax.TotalSeconds:0} s" : $"broke off: {e.Message}";
            throw new GitLabUnavailableException($"{_what}: {how}", e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A trace is read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _response.Dispose();
        base.Dispose(disposing);
    }
}
