using System.Globalization;
using System.Text;
using DToC.Twin;
using DToC.Twin.Events;

namespace DToC.Conformance;

/// <summary>Events of a small shop, as scripts draw them.</summary>
internal static class ShopEvents
{
    /// <summary>The properties of an order: sometimes of an unusual amount, sometimes with a country.</summary>
    /// <param name="draws">What is drawn from.</param>
    /// <param name="product">What is ordered.</param>
    /// <param name="more">Further properties, each with a comma behind it.</param>
    public static string Order(SeededDraws draws, string product, string more = "")
    {
        var cents = draws.Percent(8) ? draws.Between(100_000, 900_000) : draws.Between(500, 9_000);
        var total = (cents / 100m).ToString(CultureInfo.InvariantCulture);
        var country = draws.Percent(30) ? $$""","country":"{{(draws.Percent(50) ? "SE" : "PT")}}" """ : "";
        return $$"""
            {"total":{{total}},"items":{{draws.Between(1, 5)}},{{more}}"product":"{{product}}"{{country}}}
            """;
    }

    /// <summary>Reads an event of a script, which must be sound.</summary>
    public static TouchpointEvent Read(EventReader reader, string json, Instant at) =>
        reader.Read(Encoding.UTF8.GetBytes(json), at) is EventReading.Read { Event: var e }
            ? e
            : throw new InvalidOperationException($"An event of the script cannot be read: {json}");
}
