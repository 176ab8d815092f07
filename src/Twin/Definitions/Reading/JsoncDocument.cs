using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DToC.Twin.Definitions.Reading;

/// <summary>
/// JSON with comments and trailing commas as a tree that remembers where everything was written. The root is
/// null when the text is not JSON; then <see cref="Errors"/> holds the first syntax error. Keys written twice
/// are errors too, but leave a tree.
/// </summary>
internal sealed record JsoncDocument(JsoncNode? Root, IReadOnlyList<DefinitionError> Errors)
{
    private const string Rules = "Write JSON in UTF-8; // and /* */ comments and trailing commas are allowed.";

    /// <summary>Reads a text of at most <see cref="DefinitionLimits.FileBytes"/> bytes.</summary>
    public static JsoncDocument Parse(ReadOnlySpan<byte> utf8, string file)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        if (!Utf8.IsValid(utf8))
            return Malformed(file, FirstInvalid(utf8), "the bytes here are not UTF-8", Rules);

        var parser = new Parser(utf8, file);
        try
        {
            return parser.Parse();
        }
        catch (JsonException e)
        {
            var at = PositionCursor.Of(utf8, e.LineNumber ?? 0, e.BytePositionInLine ?? 0);
            return Malformed(file, at, "malformed JSON: " + Reason(e.Message), Rules);
        }
    }

    private static JsoncDocument Malformed(string file, Position at, string message, string remedy) =>
        new(null, [new DefinitionError(file, at, ShapeCheck.RootPath, message, remedy)]);

    private static Position FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(utf8[valid..], out _, out var length) == System.Buffers.OperationStatus.Done)
            valid += length;
        return new PositionCursor(utf8).MoveTo(valid);
    }

    // The reader appends its own line and byte (both from 0) to the message; ours stand in the error.
    private static string Reason(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
    }

    private ref struct Parser(ReadOnlySpan<byte> utf8, string file)
    {
        private readonly List<DefinitionError> _errors = [];
        private PositionCursor _cursor = new(utf8);
        private Utf8JsonReader _reader = new(utf8, new JsonReaderOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = DefinitionLimits.Nesting,
        });

        public JsoncDocument Parse()
        {
            _reader.Read();
            var root = Value("");
            _reader.Read(); // throws when something follows the root
            return new JsoncDocument(root, _errors);
        }

        private JsoncNode Value(string path)
        {
            var at = _cursor.MoveTo((int)_reader.TokenStartIndex);
            return _reader.TokenType switch
            {
                JsonTokenType.StartObject => Members(path, at),
                JsonTokenType.StartArray => Items(path, at),
                JsonTokenType.String => new JsoncText(Text(path, at), at),
                JsonTokenType.Number => new JsoncNumber(
                    _reader.GetDouble(), Encoding.UTF8.GetString(_reader.ValueSpan), at),
                JsonTokenType.Null => new JsoncNull(at),
                _ => new JsoncBoolean(_reader.GetBoolean(), at),
            };
        }

        private JsoncObject Members(string path, Position at)
        {
            var members = new OrderedDictionary<string, JsoncMember>(StringComparer.Ordinal);
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
            {
                var keyAt = _cursor.MoveTo((int)_reader.TokenStartIndex);
                var key = Text(path, keyAt);
                var keyPath = ShapeCheck.Below(path, key);
                _reader.Read();
                var member = new JsoncMember(key, keyAt, Value(keyPath));
                if (members.TryAdd(key, member))
                    continue;
                var first = members[key].KeyAt;
                Add(keyAt, keyPath, "this key is written twice",
                    $"Keep one; the first is at line {first.Line}, column {first.Column}.");
            }

            return new JsoncObject(members, at);
        }

        private JsoncList Items(string path, Position at)
        {
            var items = new List<JsoncNode>();
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                items.Add(Value(ShapeCheck.Below(path, items.Count)));
            return new JsoncList(items, at);
        }

        private string Text(string path, Position at)
        {
            try
            {
                return _reader.GetString()!; // a string or key token is never null
            }
            catch (InvalidOperationException)
            {
                Add(at, path, "an escape in this text is half of a surrogate pair",
                    @"Write the character itself or both halves (\uD83D\uDE00).");
                return "";
            }
        }

        private readonly void Add(Position at, string path, string message, string remedy)
        {
            if (_errors.Count < DefinitionLimits.Errors)
                _errors.Add(new DefinitionError(file, at, ShapeCheck.Shown(path), message, remedy));
        }
    }
}
