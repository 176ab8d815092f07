using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>
/// Events in a temporary file, for the length of one sort: no stored format, so it may change freely.
/// </summary>
internal static class EventSpill
{
    private const int BufferBytes = 1 << 16;

    private enum ValueKind : byte
    {
        Text,
        Number,
        Flag,
        Basket,
    }

    public static void Write(string path, IReadOnlyList<SyntheticEvent> events)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes);
        using var writer = new BinaryWriter(file);
        writer.Write(events.Count);
        foreach (var next in events)
        {
            writer.Write(next.Id);
            writer.Write(next.Type);
            writer.Write(next.Time.UnixMs);
            writer.Write(next.Customer);
            writer.Write(next.Source);
            WriteContext(writer, next.Context);
            writer.Write(next.Properties.Count);
            foreach (var (name, value) in next.Properties)
            {
                writer.Write(name);
                WriteValue(writer, value);
            }
        }
    }

    public static IEnumerable<SyntheticEvent> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes);
        using var reader = new BinaryReader(file);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var id = reader.ReadString();
            var type = reader.ReadString();
            var time = new Instant(reader.ReadInt64());
            var customer = reader.ReadString();
            var source = reader.ReadString();
            var context = new Circumstance(
                reader.ReadString(), ReadOptional(reader), ReadOptional(reader), ReadOptional(reader));
            var properties = new Property[reader.ReadInt32()];
            for (var i = 0; i < properties.Length; i++)
                properties[i] = new(reader.ReadString(), ReadValue(reader));
            yield return new(id, type, time, customer, source, properties, context);
        }
    }

    private static void WriteContext(BinaryWriter writer, in Circumstance context)
    {
        writer.Write(context.Channel);
        writer.Write(context.Device ?? "");
        writer.Write(context.Place ?? "");
        writer.Write(context.Session ?? "");
    }

    private static string? ReadOptional(BinaryReader reader) =>
        reader.ReadString() is { Length: > 0 } text ? text : null;

    private static void WriteValue(BinaryWriter writer, PropertyValue value)
    {
        switch (value)
        {
            case PropertyValue.Text text:
                writer.Write((byte)ValueKind.Text);
                writer.Write(text.Value);
                break;
            case PropertyValue.Number number:
                writer.Write((byte)ValueKind.Number);
                writer.Write(number.Value);
                break;
            case PropertyValue.Flag flag:
                writer.Write((byte)ValueKind.Flag);
                writer.Write(flag.Value);
                break;
            case PropertyValue.Basket basket:
                writer.Write((byte)ValueKind.Basket);
                WriteLines(writer, basket.Lines);
                break;
            default:
                throw new InvalidOperationException($"No way to spill a {value.GetType().Name}.");
        }
    }

    private static PropertyValue ReadValue(BinaryReader reader) => (ValueKind)reader.ReadByte() switch
    {
        ValueKind.Text => new PropertyValue.Text(reader.ReadString()),
        ValueKind.Number => new PropertyValue.Number(reader.ReadDecimal()),
        ValueKind.Flag => new PropertyValue.Flag(reader.ReadBoolean()),
        _ => new PropertyValue.Basket(ReadLines(reader)),
    };

    private static void WriteLines(BinaryWriter writer, IReadOnlyList<BasketLine> lines)
    {
        writer.Write(lines.Count);
        foreach (var line in lines)
        {
            writer.Write(line.ProductId);
            writer.Write(line.Category);
            writer.Write(line.Quantity);
            writer.Write(line.Price);
            writer.Write(line.Brand ?? "");
        }
    }

    private static BasketLine[] ReadLines(BinaryReader reader)
    {
        var lines = new BasketLine[reader.ReadInt32()];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = new(
                reader.ReadString(),
                reader.ReadString(),
                reader.ReadDecimal(),
                reader.ReadDecimal(),
                ReadOptional(reader));
        }
        return lines;
    }
}
