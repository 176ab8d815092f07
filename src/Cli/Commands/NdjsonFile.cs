using System.IO.Compression;

namespace DToC.Cli.Commands;

/// <summary>A file of one JSON value a line; <c>-</c> is standard output, <c>.gz</c> is packed.</summary>
internal sealed class NdjsonFile : IAsyncDisposable
{
    private readonly BufferedStream _stream;

    public NdjsonFile(string path)
    {
        var file = path == "-" ? Console.OpenStandardOutput() : File.Create(path);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            file = new GZipStream(file, CompressionLevel.Optimal);
        _stream = new BufferedStream(file, 1 << 16);
    }

    /// <summary>Writes one line.</summary>
    public void Write(ReadOnlySpan<byte> json)
    {
        _stream.Write(json);
        _stream.WriteByte((byte)'\n');
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
