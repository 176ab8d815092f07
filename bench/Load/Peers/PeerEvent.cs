using System.Text.Json;

namespace DToC.Load.Peers;

/// <summary>What a peer folds of an event, read from its JSON as the service around the peer would.</summary>
internal readonly record struct PeerEvent(
    string Customer, string Id, long AtMs, string Type, string Category, long SpendMinor, long DiscountMinor)
{
    private const string None = "none";

    public static PeerEvent Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var (customer, id, type, category, at, spend, discount) = ("", "", "", None, 0L, 0L, 0L);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth > 2) continue;
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("customer"u8)) customer = Text(reader);
            else if (name.SequenceEqual("id"u8)) id = Text(reader);
            else if (name.SequenceEqual("type"u8)) type = Text(reader);
            else if (name.SequenceEqual("category"u8)) category = Text(reader);
            else if (name.SequenceEqual("time"u8)) at = reader.GetDateTimeOffset().ToUnixTimeMilliseconds();
            else if (name.SequenceEqual("total"u8)) spend = Minor(reader);
            else if (name.SequenceEqual("discount"u8)) discount = Minor(reader);
        }
        return new PeerEvent(customer, id, at, type, category, spend, discount);
    }

    private static string Text(in Utf8JsonReader reader) => reader.GetString() ?? "";

    private static long Minor(in Utf8JsonReader reader) => (long)Math.Round(reader.GetDouble() * 100);
}
