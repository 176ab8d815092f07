using System.Text.Json;

namespace DToC.Learn.Synthetic;

/// <summary>The value of one property of a synthetic event: a closed union.</summary>
public abstract record PropertyValue
{
    private PropertyValue()
    {
    }

    /// <summary>Writes it as a JSON value.</summary>
    public abstract void WriteTo(Utf8JsonWriter writer);

    /// <summary>A text.</summary>
    public sealed record Text(string Value) : PropertyValue
    {
        /// <inheritdoc/>
        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteStringValue(Value);
    }

    /// <summary>A number with as many decimals as it is written with.</summary>
    public sealed record Number(decimal Value) : PropertyValue
    {
        /// <inheritdoc/>
        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteNumberValue(Value);
    }

    /// <summary>True or false.</summary>
    public sealed record Flag(bool Value) : PropertyValue
    {
        /// <inheritdoc/>
        public override void WriteTo(Utf8JsonWriter writer) => writer.WriteBooleanValue(Value);
    }

    /// <summary>Products bought together.</summary>
    public sealed record Basket(IReadOnlyList<BasketLine> Lines) : PropertyValue
    {
        /// <inheritdoc/>
        public override void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (var line in Lines)
            {
                writer.WriteStartObject();
                writer.WriteString("product_id", line.ProductId);
                writer.WriteString("category", line.Category);
                if (line.Brand != null)
                    writer.WriteString("brand", line.Brand);
                writer.WriteNumber("quantity", line.Quantity);
                writer.WriteNumber("price", line.Price);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
    }
}

/// <summary>One product of a basket, in pieces or by weight; the price is of one, in the stream's currency.</summary>
public sealed record BasketLine(
    string ProductId, string Category, decimal Quantity, decimal Price, string? Brand = null);

/// <summary>A property of an event.</summary>
public readonly record struct Property(string Name, PropertyValue Value);
