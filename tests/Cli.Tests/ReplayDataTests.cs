using DToC.Cli.Mapping;
using DToC.Cli.Reading;
using System.Text.Json;
using Xunit.Abstractions;

namespace DToC.Cli.Tests;

/// <summary>The shipped mappings over the public data sets they are for.</summary>
public class ReplayDataTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Online_Retail_is_grouped_by_invoice_and_counted()
    {
        if (Repository.SharedData("online_retail", output) is not { } folder)
            return;
        var files = Directory.GetFiles(folder, "online_retail_*.csv.gz").Order(StringComparer.Ordinal).ToArray();
        var ran = await Shell.Run(
            ["replay", .. files, "--map", Repository.Mapping("online-retail.jsonc"), "--dry-run"]);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal("245,903", ran["lines read"]);
        Assert.Equal("69,014", ran["guest lines"]);
        Assert.Equal("4,494", ran["cancellation lines"]);
        Assert.Equal("758", ran["other negative-quantity lines"]);
        Assert.Equal("176,889", ran["lines sent"]);
        Assert.Equal("12,795", ran["invoices"]);
        Assert.Equal("2,006", ran["cancelled invoices"]);
        Assert.Equal("3,002", ran["customers"]);
        Assert.Equal("4,397,950.76 (exactly 4397950.761)", ran["net of all lines"]);
    }

    [Fact]
    public void Online_Retail_events_hold_every_line_and_are_within_the_size_of_an_event()
    {
        if (Repository.SharedData("online_retail", output) is not { } folder)
            return;
        var path = Path.Combine(folder, "online_retail_2010-12.csv.gz");
        long lines = 0, longest = 0;
        var ids = new HashSet<string>();
        foreach (var next in Mapped(path, "online-retail.jsonc"))
        {
            longest = Math.Max(longest, next.Length);
            using var json = JsonDocument.Parse(next);
            var root = json.RootElement;
            Assert.True(ids.Add(root.GetProperty("id").GetString()!));
            var properties = root.GetProperty("properties");
            var products = properties.GetProperty("products").EnumerateArray().ToList();
            lines += products.Count;
            var total = products.Sum(product =>
                product.GetProperty("quantity").GetInt64() * product.GetProperty("price").GetDecimal());
            Assert.Equal(total, properties.GetProperty("total").GetDecimal());
            var isRefund = root.GetProperty("id").GetString()!.StartsWith('C');
            Assert.Equal(isRefund ? "Order Refunded" : "Order Completed", root.GetProperty("type").GetString());
            Assert.True(total >= 0, "a refund tells a positive total");
        }
        output.WriteLine($"{lines} lines, longest event {longest} bytes");
        Assert.Equal(26_850, lines); // lines of December 2010 with a CustomerID
        Assert.InRange(longest, 1_000, 32 * 1024);
    }

    [Fact]
    public void CDNOW_gives_one_event_a_purchase_with_customers_by_number()
    {
        if (Repository.SharedData("cdnow", output) is not { } folder)
            return;
        var customers = new HashSet<string>();
        var ids = new HashSet<string>();
        var total = 0m;
        foreach (var next in Mapped(Path.Combine(folder, "CDNOW_sample.txt"), "cdnow.jsonc"))
        {
            using var json = JsonDocument.Parse(next);
            customers.Add(json.RootElement.GetProperty("customer").GetString()!);
            ids.Add(json.RootElement.GetProperty("id").GetString()!);
            total += json.RootElement.GetProperty("properties").GetProperty("total").GetDecimal();
        }
        Assert.Equal(6_919, ids.Count);
        Assert.Equal(2_357, customers.Count);
        Assert.Contains("1", customers);
        Assert.Equal(244_091.94m, total);
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Mapped(string path, string mappingName)
    {
        var mappingPath = Repository.Mapping(mappingName);
        var mapping = MappingReader.Read(File.ReadAllText(mappingPath), mappingPath);
        var counts = new ReplayCounts
        {
            NamedLines = new long[mapping.LineTests.Count],
            NamedGroups = new long[mapping.GroupTests.Count],
        };
        return new MappedEvents(
            new TableReader(InputFiles.Of([path], Stream.Null), mapping.Layout), mapping, counts).Events();
    }
}
