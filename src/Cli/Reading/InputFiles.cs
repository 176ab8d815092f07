using System.IO.Compression;
using System.Text;
using DToC.Twin;

namespace DToC.Cli.Reading;

/// <summary>
/// The files of one replay, read one after the other; <c>-</c> is standard input, <c>.gz</c> is unpacked.
/// </summary>
internal sealed class InputFiles
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int FingerprintBytes = 1 << 16;

    private readonly Stream _standardInput;
    private long _bytesRead;

    private InputFiles(IReadOnlyList<string> paths, Stream standardInput)
    {
        Paths = paths;
        _standardInput = standardInput;
        TotalBytes = paths.Contains(StandardInput, StringComparer.Ordinal)
            ? null
            : paths.Sum(path => new FileInfo(path).Length);
    }

    /// <summary>The files in order.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Bytes of all files as they lie on disk; null with standard input.</summary>
    public long? TotalBytes { get; }

    /// <summary>Part of the bytes that has been read, 0..1; null with standard input.</summary>
    public double? Fraction =>
        TotalBytes is { } total and > 0 ? Interlocked.Read(ref _bytesRead) / (double)total : null;

    /// <summary>The files, which must all be there.</summary>
    /// <exception cref="CommandFailure">One is not.</exception>
    public static InputFiles Of(IReadOnlyList<string> paths, Stream standardInput)
    {
        foreach (var path in paths)
        {
            if (path != StandardInput && !File.Exists(path))
            {
                throw new CommandFailure(ExitCode.Usage,
                    $"there is no file {path}: give the path of an NDJSON, CSV or text file, or - for standard input.");
            }
        }
        return new(paths, standardInput);
    }

    /// <summary>The text of one of the files, unpacked, as UTF-8.</summary>
    public StreamReader Open(string path)
    {
        if (path == StandardInput)
            return new StreamReader(_standardInput, Encoding.UTF8);
        Stream file = new CountingStream(File.OpenRead(path), count => Interlocked.Add(ref _bytesRead, count));
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            file = new GZipStream(file, CompressionMode.Decompress);
        return new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 1 << 16);
    }

    /// <summary>
    /// Tells this input from another: names, lengths and first bytes of its files, and the text of the
    /// mapping.
    /// </summary>
    public string Fingerprint(string? mapping)
    {
        var hash = StableHash.Of(mapping ?? "");
        foreach (var path in Paths)
        {
            hash = StableHash.Combine(hash, StableHash.Of(Path.GetFileName(path)));
            if (path == StandardInput)
                continue;
            using var file = File.OpenRead(path);
            var head = new byte[(int)Math.Min(FingerprintBytes, file.Length)];
            file.ReadExactly(head);
            hash = StableHash.Combine(StableHash.Combine(hash, (ulong)file.Length), StableHash.Of(head));
        }
        return hash.ToString("x16");
    }
}
