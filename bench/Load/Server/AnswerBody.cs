using System.Globalization;
using System.Text;

namespace DToC.Load.Server;

/// <summary>
/// Takes the body out of one HTTP/1.1 answer with chunked encoding (RFC 9112, section 7.1) as its bytes come in.
/// </summary>
internal sealed class AnswerBody
{
    private const int Unknown = -1;

    private readonly StringBuilder _head = new();
    private readonly StringBuilder _size = new();
    private bool _isInBody;
    private int _left = Unknown;
    private int _lineEnd;

    /// <summary>Writes the bytes of the body into <paramref name="body"/>; returns how many there are.</summary>
    /// <exception cref="IOException">The answer is not 202.</exception>
    public int Take(ReadOnlySpan<byte> incoming, Span<byte> body)
    {
        var written = 0;
        while (!incoming.IsEmpty)
        {
            if (_isInBody && _left > 0)
            {
                var count = Math.Min(_left, incoming.Length);
                incoming[..count].CopyTo(body[written..]);
                written += count;
                incoming = incoming[count..];
                _left -= count;
                if (_left == 0) (_left, _lineEnd) = (Unknown, 2);
                continue;
            }
            TakeOne((char)incoming[0]);
            incoming = incoming[1..];
        }
        return written;
    }

    private void TakeOne(char letter)
    {
        if (!_isInBody)
        {
            _head.Append(letter);
            if (letter != '\n' || !_head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) return;
            if (!_head.ToString().StartsWith("HTTP/1.1 202", StringComparison.Ordinal))
                throw new IOException($"The server answered: {_head.ToString().Trim()}");
            _isInBody = true;
        }
        else if (_lineEnd > 0)
        {
            _lineEnd--;
        }
        else if (letter == '\n')
        {
            _left = int.Parse(_size.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            _size.Clear();
            if (_left == 0) _lineEnd = int.MaxValue; // the last chunk; what follows is not body
        }
        else
        {
            _size.Append(letter);
        }
    }
}
