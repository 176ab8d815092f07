using System.Net;
using System.Text;

namespace DToC.Http.Tests;

/// <summary>A body that goes on until it is ended.</summary>
internal sealed class OpenBody : HttpContent
{
    private readonly System.IO.Pipelines.Pipe _pipe = new();

    public bool IsEnded { get; private set; }

    public async Task Write(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    public void End()
    {
        IsEnded = true;
        _pipe.Writer.Complete();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        while (true)
        {
            var read = await _pipe.Reader.ReadAsync();
            foreach (var segment in read.Buffer) await stream.WriteAsync(segment);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            await stream.FlushAsync();
            if (read.IsCompleted) return;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
