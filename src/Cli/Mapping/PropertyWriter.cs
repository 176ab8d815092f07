using System.Text.Json;
using DToC.Cli.Reading;

namespace DToC.Cli.Mapping;

/// <summary>Writes one property of an event from its rows.</summary>
internal sealed class PropertyWriter
{
    private readonly Action<Utf8JsonWriter, IReadOnlyList<Row>, int> _write;

    public PropertyWriter(PropertyTemplate template, ColumnSet columns)
    {
        var name = template.Name;
        var given = new object?[] { template.Value, template.Text, template.Column, template.Sum, template.Rows };
        if (given.Count(way => way != null) != 1)
            throw new MappingFault($"property {name} should have exactly one of value, text, column, sum and rows.");
        if (template.Value is { } value)
        {
            _write = (writer, _, _) =>
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            };
        }
        else if (template.Text is { } text)
        {
            var fill = columns.Template(text);
            _write = (writer, rows, _) => writer.WriteString(name, fill(rows[0]));
        }
        else if (template.Sum is { } sum)
        {
            var product = columns.Product(sum);
            _write = (writer, rows, sign) => writer.WriteNumber(name, Plain(sign * rows.Sum(product)));
        }
        else if (template.Rows is { } members)
        {
            var writers = members.Select(member => new PropertyWriter(member, columns)).ToArray();
            _write = (writer, rows, sign) => WriteRows(writer, name, writers, rows, sign);
        }
        else
        {
            var index = columns.IndexOf(template.Column!); // the one way left
            _write = (writer, rows, sign) =>
                WriteColumn(writer, template, rows[0].Fields[index], template.Signed ? sign : 1);
        }
    }

    /// <summary>Writes it; <paramref name="sign"/> is that of the event's type.</summary>
    public void Write(Utf8JsonWriter writer, IReadOnlyList<Row> rows, int sign) => _write(writer, rows, sign);

    private static void WriteRows(
        Utf8JsonWriter writer, string name, PropertyWriter[] members, IReadOnlyList<Row> rows, int sign)
    {
        writer.WriteStartArray(name);
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            foreach (var member in members)
                member.Write(writer, [row], sign);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteColumn(Utf8JsonWriter writer, PropertyTemplate template, string field, int sign)
    {
        if (template.Form == PropertyForm.Text)
        {
            writer.WriteString(template.Name, field.Trim());
            return;
        }
        if (string.IsNullOrWhiteSpace(field))
            return;
        var number = NumberText.Parse(field);
        if (template.Form == PropertyForm.Integer && decimal.Truncate(number) != number)
            throw new RowFault($"{template.Column} is not a whole number");
        writer.WriteNumber(template.Name, Plain(sign * number));
    }

    // 12.50 and 12.5 are one number; dividing by this one drops the zeros a decimal drags along.
    private static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;
}
