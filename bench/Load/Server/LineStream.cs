using System.Diagnostics;
using System.Net;
using DToC.Load.Traffic;

namespace DToC.Load.Server;

/// <summary>
/// One NDJSON stream to <c>POST /v1/events</c> on a connection of its own: lines go out while answers come back. It
/// does little more than copy bytes, as it shares the machine with the server.
/// </summary>
internal sealed class LineStream : IDisposable
{
    private static readonly byte[] Accepted = "\"status\":\"accepted\""u8.ToArray();
    private static readonly byte[] Answered = "\"status\":\""u8.ToArray();

    private readonly HttpClient _client;
    private readonly PushedLines _lines = new();
    private readonly Task<HttpResponseMessage> _answer;
    private readonly byte[] _frame = new byte[64 * 1024];
    private readonly byte[] _incoming = new byte[128 * 1024];
    private readonly Queue<(long At, int Lines)> _sent = new();
    private readonly Lock _gate = new();
    private Stream? _answers;
    private (long At, int Lines) _oldest;
    private int _kept;

    /// <param name="server">Who gets the lines.</param>
    /// <param name="cancellation">Ends the stream.</param>
    public LineStream(ApiProcess server, CancellationToken cancellation)
    {
        _client = server.NewClient();
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events") { Content = _lines };
        _answer = _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    /// <summary>Answers that say accepted.</summary>
    public long AcceptedLines { get; private set; }

    /// <summary>Answers.</summary>
    public long AnsweredLines { get; private set; }

    /// <summary>Milliseconds from the moment each line was due to its answer, once asked for.</summary>
    public List<double>? AckMs { get; set; }

    /// <summary>Sends events <paramref name="from"/> to <paramref name="to"/> (exclusive), due at a moment.</summary>
    public async Task SendAsync(PreparedEvents events, int from, int to, long dueAt, CancellationToken cancellation)
    {
        var output = await _lines.Opened.WaitAsync(cancellation);
        while (from < to)
        {
            var (used, begun) = (0, from);
            for (; from < to && used + events.Json(from).Length < _frame.Length; from++)
            {
                events.Json(from).CopyTo(_frame.AsMemory(used));
                used += events.Json(from).Length;
                _frame[used++] = (byte)'\n';
            }
            if (AckMs is not null)
            {
                lock (_gate) _sent.Enqueue((dueAt, from - begun));
            }
            await output.WriteAsync(_frame.AsMemory(0, used), cancellation);
            await output.FlushAsync(cancellation);
        }
    }

    /// <summary>Says that no more lines come.</summary>
    public void End() => _lines.End();

    /// <summary>Reads answers until so many have come; all must say accepted.</summary>
    public async Task ReadAsync(long answers, CancellationToken cancellation)
    {
        _answers ??= await OpenAnswersAsync(cancellation);
        while (AnsweredLines < answers)
        {
            var read = await _answers.ReadAsync(_incoming.AsMemory(_kept), cancellation);
            if (read == 0) throw new IOException($"The stream ended after {AnsweredLines} of {answers} answers.");
            Take(_incoming.AsSpan(0, _kept + read));
        }
        if (AcceptedLines != AnsweredLines)
            throw new InvalidOperationException($"{AnsweredLines - AcceptedLines} of {AnsweredLines} events were not accepted.");
    }

    public void Dispose()
    {
        _lines.End();
        _client.Dispose();
    }

    private async Task<Stream> OpenAnswersAsync(CancellationToken cancellation)
    {
        var answer = await _answer.WaitAsync(cancellation);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new IOException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
        return await answer.Content.ReadAsStreamAsync(cancellation);
    }

    private void Take(ReadOnlySpan<byte> rest)
    {
        var now = Stopwatch.GetTimestamp();
        while (rest.IndexOf(Answered) is var place and >= 0 && rest.Length - place >= Accepted.Length)
        {
            if (rest[place..].StartsWith(Accepted)) AcceptedLines++;
            AnsweredLines++;
            if (AckMs is not null) Note(now);
            rest = rest[(place + Answered.Length)..];
        }
        // What may be cut in two is looked at again with what comes next.
        _kept = Math.Min(rest.Length, Accepted.Length);
        rest[^_kept..].CopyTo(_incoming);
    }

    private void Note(long now)
    {
        if (_oldest.Lines == 0)
        {
            lock (_gate) _oldest = _sent.Dequeue();
        }
        _oldest.Lines--;
        AckMs?.Add(Stopwatch.GetElapsedTime(_oldest.At, now).TotalMilliseconds);
    }

    /// <summary>A body that is written to from outside, for as long as wanted.</summary>
    private sealed class PushedLines : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public PushedLines() => Headers.ContentType = new("application/x-ndjson");

        public Task<Stream> Opened => _opened.Task;

        public void End() => _ended.TrySetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _opened.TrySetResult(stream);
            return _ended.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
