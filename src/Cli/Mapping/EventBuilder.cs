using System.Buffers;
using System.Text.Json;
using DToC.Cli.Reading;
using DToC.Twin;

namespace DToC.Cli.Mapping;

/// <summary>Writes the event that one row or several make.</summary>
internal sealed class EventBuilder
{
    private readonly CompiledMapping _mapping;
    private readonly string _source;
    private readonly Func<Row, string> _id;
    private readonly (TypeCase Case, Func<Row, bool>? When)[] _types;
    private readonly PropertyWriter[] _properties;
    private readonly PropertyWriter[] _context;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    public EventBuilder(EventTemplate template, ColumnSet columns, CompiledMapping mapping)
    {
        _mapping = mapping;
        _source = template.Source;
        _id = columns.Template(template.Id);
        _types = [.. template.Types.Select(type => (type, type.When is { } when ? columns.Test(when) : null))];
        if (_types is not [.., (_, null)])
            throw new MappingFault("event.types should end with one that has no condition.");
        _properties = [.. template.Properties.Select(property => new PropertyWriter(property, columns))];
        _context = [.. template.Context.Select(member => new PropertyWriter(member, columns))];
    }

    /// <summary>
    /// The event of <paramref name="rows"/> (one or more, of one customer) as one line of UTF-8 JSON.
    /// </summary>
    /// <param name="customer">The customer.</param>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="part">0, or from 1 when a former part of the same group had to be sent without these
    /// rows.</param>
    /// <exception cref="RowFault">A value is not of the form the mapping wants.</exception>
    public byte[] Build(string customer, IReadOnlyList<Row> rows, int part)
    {
        _buffer.ResetWrittenCount();
        var type = TypeOf(rows);
        using (var writer = new Utf8JsonWriter(_buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", part == 0 ? _id(rows[0]) : $"{_id(rows[0])}~{part + 1}");
            writer.WriteString("type", type.Type);
            writer.WriteString("time", Instant.From(rows.Min(_mapping.TimeOf)).ToString());
            writer.WriteString("customer", customer);
            writer.WriteString("source", _source);
            WriteAll(writer, "properties", _properties, rows, type.Sign);
            if (_context.Length > 0)
                WriteAll(writer, "context", _context, rows, type.Sign);
            writer.WriteEndObject();
        }
        return _buffer.WrittenSpan.ToArray();
    }

    private TypeCase TypeOf(IReadOnlyList<Row> rows)
    {
        foreach (var (type, when) in _types)
        {
            if (when == null || rows.All(when))
                return type;
        }
        throw new InvalidOperationException("The last type has no condition; the constructor checked it.");
    }

    private static void WriteAll(
        Utf8JsonWriter writer, string name, PropertyWriter[] properties, IReadOnlyList<Row> rows, int sign)
    {
        writer.WriteStartObject(name);
        foreach (var property in properties)
            property.Write(writer, rows, sign);
        writer.WriteEndObject();
    }
}
