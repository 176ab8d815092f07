using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace DToC.Learn.Import;

/// <summary>
/// Universal Binary JSON (draft 12, ubjson.org) as JSON: what XGBoost writes, and all else of it but numbers of high
/// precision. The greatest byte comes first. A number that is not finite becomes null.
/// </summary>
internal static class Ubj
{
    private const int MaxDepth = 32;

    // A number of a byte becomes four at most, and its comma one.
    private const int MaxJsonBytes = 512 * 1024 * 1024;

    /// <summary>Whether a file starts as an object of this form, and not as one of JSON.</summary>
    public static bool IsIt(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 1 && bytes[0] == '{' && "iUIlL#$N"u8.Contains(bytes[1]);

    /// <summary>The same as JSON.</summary>
    /// <exception cref="InvalidDataException">It is none, or is too large.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> bytes)
    {
        var cursor = new ByteCursor(bytes);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            Value(cursor, writer, buffer, (char)cursor.Byte("a type"), 0);
        if (cursor.Left > 0)
            throw new InvalidDataException($"Byte {cursor.Place}: {cursor.Left} bytes behind the end.");
        return buffer.WrittenMemory;
    }

    private static void Value(
        ByteCursor cursor, Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, char type, int depth)
    {
        if (writer.BytesPending > 1 << 20) writer.Flush();
        if (buffer.WrittenCount > MaxJsonBytes)
            throw new InvalidDataException($"As JSON it has more than {MaxJsonBytes} bytes.");
        switch (type)
        {
            case '{':
                Object(cursor, writer, buffer, depth + 1);
                break;
            case '[':
                Array(cursor, writer, buffer, depth + 1);
                break;
            case 'S':
                writer.WriteStringValue(Text(cursor));
                break;
            case 'C':
                writer.WriteStringValue(((char)cursor.Byte("a character")).ToString());
                break;
            case 'Z':
                writer.WriteNullValue();
                break;
            case 'T' or 'F':
                writer.WriteBooleanValue(type == 'T');
                break;
            case 'd':
                Number(writer, BinaryPrimitives.ReadSingleBigEndian(cursor.Take(4, "a number")));
                break;
            case 'D':
                Number(writer, BinaryPrimitives.ReadDoubleBigEndian(cursor.Take(8, "a number")));
                break;
            default:
                writer.WriteNumberValue(Whole(cursor, type));
                break;
        }
    }

    private static void Object(ByteCursor cursor, Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, int depth)
    {
        var (type, count) = Head(cursor, depth);
        writer.WriteStartObject();
        for (var i = 0L; count is null ? !IsEnd(cursor, '}') : i < count; i++)
        {
            writer.WritePropertyName(Text(cursor));
            Value(cursor, writer, buffer, type ?? (char)cursor.Byte("a type"), depth);
        }
        writer.WriteEndObject();
    }

    private static void Array(ByteCursor cursor, Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, int depth)
    {
        var (type, count) = Head(cursor, depth);
        writer.WriteStartArray();
        for (var i = 0L; count is null ? !IsEnd(cursor, ']') : i < count; i++)
            Value(cursor, writer, buffer, type ?? (char)cursor.Byte("a type"), depth);
        writer.WriteEndArray();
    }

    // The optional type of all elements, and their optional count.
    private static (char? Type, long? Count) Head(ByteCursor cursor, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException($"Byte {cursor.Place}: deeper than {MaxDepth}.");
        char? type = null;
        if (cursor.Peek("a value") == '$')
        {
            cursor.Byte("$");
            type = (char)cursor.Byte("a type");
            // Elements without bytes would make any count true.
            if (type is 'Z' or 'T' or 'F' or 'N' || cursor.Peek("a count") != '#')
            {
                throw new InvalidDataException(
                    $"Byte {cursor.Place}: a list of type 0x{(int)type:x} has no count, or elements without bytes.");
            }
        }
        if (cursor.Peek("a value") != '#') return (type, null);
        cursor.Byte("#");
        var count = Whole(cursor, (char)cursor.Byte("the type of a count"));
        if (count < 0 || count > cursor.Left)
            throw new InvalidDataException($"Byte {cursor.Place}: {count} elements; {cursor.Left} bytes are left.");
        return (type, count);
    }

    private static bool IsEnd(ByteCursor cursor, char end)
    {
        while (cursor.Peek("an end") == 'N') cursor.Byte("a gap");
        if (cursor.Peek("an end") != end) return false;
        cursor.Byte("an end");
        return true;
    }

    private static string Text(ByteCursor cursor) => Encoding.UTF8.GetString(
        cursor.Take(Whole(cursor, (char)cursor.Byte("the type of a length")), "a text"));

    private static long Whole(ByteCursor cursor, char type) => type switch
    {
        'i' => (sbyte)cursor.Byte("a number"),
        'U' => cursor.Byte("a number"),
        'I' => BinaryPrimitives.ReadInt16BigEndian(cursor.Take(2, "a number")),
        'l' => BinaryPrimitives.ReadInt32BigEndian(cursor.Take(4, "a number")),
        'L' => BinaryPrimitives.ReadInt64BigEndian(cursor.Take(8, "a number")),
        _ => throw new InvalidDataException($"Byte {cursor.Place - 1}: the type 0x{(int)type:x} is not known."),
    };

    private static void Number(Utf8JsonWriter writer, double value)
    {
        if (!double.IsFinite(value)) writer.WriteNullValue();
        // Of 32 bits the shortest text that reads back as the same 32 bits.
        else if (value == (float)value) writer.WriteNumberValue((float)value);
        else writer.WriteNumberValue(value);
    }
}
