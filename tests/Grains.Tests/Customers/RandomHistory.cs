using System.Globalization;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Grains.Tests.Customers;

/// <summary>
/// Random retail histories with equal times, several sources,
/// missing and unusual values; old enough to decide nothing.
/// </summary>
internal sealed class RandomHistory(int seed, TwinPlan plan)
{
    private static readonly string[] Types =
        ["Product Viewed", "Product Added", "Order Completed", "Order Completed", "Order Refunded",
            "Payment Failed", "Support Ticket Opened", "Survey Answered", "Survey Answered",
            "Element Clicked", "Element Clicked", "Element Clicked"];
    private static readonly string[] Sources = ["web", "shop", "app"];
    private static readonly string[] Categories = ["tea", "coffee", "cups", "cakes", "kettles", "filters", "gifts"];
    private readonly Random _random = new(seed);

    public static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Random Random => _random;

    public TouchpointEvent[] Events(int count, string prefix) =>
        [.. Enumerable.Range(0, count).Select(i => Event($"{prefix}{i}"))];

    public T[] Shuffled<T>(IEnumerable<T> items)
    {
        var array = items.ToArray();
        _random.Shuffle(array);
        return array;
    }

    private TouchpointEvent Event(string id)
    {
        var type = Pick(Types);
        // Whole hours within 200 days: many events share a time, and source and id decide their order.
        var time = Now.PlusMs(-30 * Instant.DayMs).PlusMs(-_random.Next(0, 200 * 24) * Instant.HourMs).ToString();
        var total = Math.Round(_random.NextDouble() * (_random.Next(10) == 0 ? 5000 : 80), 2)
            .ToString(CultureInfo.InvariantCulture);
        var properties = type switch
        {
            "Order Completed" => $$"""
                {"total":{{total}},"currency":"{{(_random.Next(4) == 0 ? "USD" : "EUR")}}",
                 "products":[{"product_id":"p{{_random.Next(40)}}","category":"{{Pick(Categories)}}",
                 "quantity":{{_random.Next(1, 4)}},"price":{{_random.Next(0, 30)}}}]}
                """,
            "Order Refunded" => $$"""{"total":{{total}}}""",
            "Survey Answered" => _random.Next(2) == 0
                ? $$"""{"nps":{{_random.Next(0, 11)}}}"""
                : $$"""{"csat":{{_random.Next(1, 6)}}}""",
            "Element Clicked" => """{"element":"pay"}""",
            _ => $$"""{"product_id":"p{{_random.Next(40)}}","category":"{{Pick(Categories)}}"}""",
        };
        var context = _random.Next(3) == 0
            ? "{}"
            : $$"""{"channel":"{{Pick(["web", "app", "store"])}}","session":"s{{_random.Next(20)}}"}""";
        var source = Pick(Sources);
        var json = $$"""
            {"id":"{{id}}","type":"{{type}}","time":"{{time}}","customer":"c-1","source":"{{source}}",
             "properties":{{properties}},"context":{{context}}}
            """;
        return OneCustomer.Event(plan, json, Now);
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
