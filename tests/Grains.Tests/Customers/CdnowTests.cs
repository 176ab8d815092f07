using System.Globalization;
using DToC.Twin;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.Tests;
using Xunit.Abstractions;

namespace DToC.Grains.Tests.Customers;

/// <summary>
/// The CDNOW sample (2,357 customers) folded into twins gives the published customer-base statistics.
/// </summary>
public class CdnowTests(ITestOutputHelper output)
{
    private static readonly TwinPlan Plan = OneCustomer.Shipped("purchase-log");

    // End of the calibration period of Fader and Hardie; purchases of that day count.
    private static readonly Instant Cut = Instant.From(new DateTimeOffset(1997, 9, 30, 23, 59, 59, TimeSpan.Zero));

    [Fact]
    public void Frequency_recency_and_age_of_all_twins_equal_the_published_summary()
    {
        if (!SharedFolder.TryFind("cdnow/CDNOW_sample.txt", output, out var sample)) return;
        if (!SharedFolder.TryFind(
            "cdnow/cdnow_customers_summary_with_transactions.csv", output, out var summary)) return;
        var expected = SharedFolder.ReadNumbers(summary);
        var purchases = File.ReadLines(sample).Select(Purchase).ToLookup(p => p.Customer);
        Assert.Equal(2_357, expected.Length);

        foreach (var row in expected)
        {
            var customer = new OneCustomer(Plan, $"{row[0]:0}") { Now = Cut };
            customer.Observe([.. purchases[(int)row[0]].Where(p => p.Event.OccurredAt <= Cut).Select(p => p.Event)]);

            Assert.Equal(row[1], customer.Number("purchase.x"));
            Assert.Equal(row[2], customer.Number("purchase.t_x"), 0.0051);
            Assert.Equal(row[3], customer.Number("purchase.T"), 0.0051);
            if (row[1] > 0) Assert.Equal(row[4], customer.Number("purchase.mean_spend"), 0.0051);
        }
    }

    [Fact]
    public void Expected_purchases_of_the_first_customer_are_as_published()
    {
        if (!SharedFolder.TryFind("cdnow/CDNOW_sample.txt", output, out var sample)) return;
        var customer = new OneCustomer(Plan, "1") { Now = Cut };
        customer.Observe(
            [.. File.ReadLines(sample).Select(Purchase)
                .Where(p => p.Customer == 1 && p.Event.OccurredAt <= Cut).Select(p => p.Event)]);

        Assert.Equal(1.226, customer.Number("expected_orders"), 0.001);
    }

    private static (int Customer, TouchpointEvent Event) Purchase(string line, int row)
    {
        var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var day = DateTime.ParseExact(cells[2], "yyyyMMdd", CultureInfo.InvariantCulture);
        var json = $$$"""
            {"id":"{{{row}}}","type":"Order Completed","time":"{{{day:yyyy-MM-dd}}}T12:00:00Z",
             "customer":"{{{cells[1]}}}","source":"log",
             "properties":{"order_id":"{{{row}}}","total":{{{cells[4]}}},"currency":"USD"}}
            """;
        return (int.Parse(cells[1], CultureInfo.InvariantCulture),
            OneCustomer.Event(Plan, json, Instant.From(new DateTimeOffset(1998, 7, 1, 0, 0, 0, TimeSpan.Zero))));
    }
}
