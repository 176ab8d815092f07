using System.Text;
using System.Text.Json;
using DToC.Cli.Mapping;

namespace DToC.Cli.Reading;

/// <summary>
/// The events of NDJSON files, passed on as they are. One without an id is given one by its file and line, so
/// that sending it again cannot count it twice. What is no JSON is passed on too: the server says what is
/// wrong with it.
/// </summary>
internal sealed class EventLines(InputFiles input, ReplayCounts counts)
{
    /// <summary>All events, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Events()
    {
        foreach (var path in input.Paths)
        {
            using var text = input.Open(path);
            for (var line = 1L; text.ReadLine() is { } next; line++)
            {
                if (string.IsNullOrWhiteSpace(next))
                    continue;
                counts.Lines++;
                counts.LinesSent++;
                counts.Events++;
                yield return WithId(Encoding.UTF8.GetBytes(next), path, line);
            }
        }
    }

    private byte[] WithId(byte[] json, string path, long line)
    {
        if (!TryScan(json, out var hasId, out var open) || hasId)
            return json;
        var name = JsonEncodedText.Encode($"{Path.GetFileName(path)}:{line}");
        byte[] id = [.. "\"id\":\""u8, .. name.EncodedUtf8Bytes, .. "\""u8];
        var isEmpty = json.AsSpan(open + 1).TrimStart(" \t"u8).StartsWith("}"u8);
        return [.. json.AsSpan(0, open + 1), .. id, .. isEmpty ? ""u8 : ","u8, .. json.AsSpan(open + 1)];
    }

    // Reads the top level only: is there an id, where does the object open, who is the customer.
    private bool TryScan(byte[] json, out bool hasId, out int open)
    {
        hasId = false;
        open = 0;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            open = (int)reader.TokenStartIndex;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isCustomer = reader.ValueTextEquals("customer"u8);
                hasId |= reader.ValueTextEquals("id"u8);
                reader.Read();
                if (isCustomer && reader.TokenType == JsonTokenType.String)
                    counts.SeeCustomer(reader.GetString()!); // the token is a string
                reader.Skip();
            }
            return reader.TokenType == JsonTokenType.EndObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
