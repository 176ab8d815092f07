using System.Globalization;
using Xunit.Abstractions;

namespace DToC.Cli.Tests;

/// <summary>The public data sets through <c>dtoc replay</c> into a folder, and out of it as a table.</summary>
public class FolderDataTests(ITestOutputHelper output)
{
    [Fact]
    public async Task CDNOW_in_a_folder_has_the_published_statistics_of_all_customers_at_the_end_of_calibration()
    {
        if (Repository.SharedData("cdnow", output) is not { } shared)
            return;
        using var folder = new TemporaryFolder();
        var ran = await Shell.Run("replay", Path.Combine(shared, "CDNOW_sample.txt"),
            "--map", Repository.Mapping("cdnow.jsonc"), "--data", folder["data"], "--definition", "purchase-log");
        Assert.Equal((ExitCode.Ok, "6,919"), (ran.Code, ran["accepted"]));

        var twins = await TwinTable.Of(
            folder["data"], "1997-09-30", "purchase.x,purchase.t_x,purchase.T,expected_orders");
        var published = File.ReadLines(Path.Combine(shared, "cdnow_customers_summary.csv")).Skip(1)
            .Select(line => line.Split(',')).ToList();
        Assert.Equal(2_357, published.Count);
        Assert.Equal(published.Select(row => row[0]).Order(), twins.Rows.Keys.Order());
        var (worstRecency, worstAge) = (0.0, 0.0);
        foreach (var row in published)
        {
            var numbers = row.Skip(1).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(numbers[0], twins.Number(row[0], "purchase.x"));
            worstRecency = Math.Max(worstRecency, Math.Abs(numbers[1] - twins.Number(row[0], "purchase.t_x")));
            worstAge = Math.Max(worstAge, Math.Abs(numbers[2] - twins.Number(row[0], "purchase.T")));
        }
        output.WriteLine($"largest difference in weeks: t_x {worstRecency:F4}, T {worstAge:F4} (rounded to 0.01)");
        Assert.InRange(worstRecency, 0, 0.0051);
        Assert.InRange(worstAge, 0, 0.0051);
        Assert.Equal(1.226, twins.Number("1", "expected_orders"), 0.0005);
    }

    [Fact]
    public async Task Online_Retail_in_a_folder_is_worth_what_the_report_says()
    {
        if (Repository.SharedData("online_retail", output) is not { } shared)
            return;
        using var folder = new TemporaryFolder();
        var files = Directory.GetFiles(shared, "online_retail_*.csv.gz").Order(StringComparer.Ordinal).ToArray();
        var ran = await Shell.Run(["replay", .. files, "--map", Repository.Mapping("online-retail.jsonc"),
            "--data", folder["data"], "--definition", "purchase-log"]);
        Assert.Equal(ExitCode.Ok, ran.Code);
        (string Name, string Value)[] report =
        [
            ("lines read", "245,903"), ("guest lines", "69,014"), ("cancellation lines", "4,494"),
            ("other negative-quantity lines", "758"), ("invoices", "12,795"), ("cancelled invoices", "2,006"),
            ("customers", "3,002"), ("net of all lines", "4,397,950.76 (exactly 4397950.761)"),
            ("net of lines with a customer", "3,728,501.25 (exactly 3728501.251)"),
        ];
        Assert.Equal(report, report.Select(line => (line.Name, ran[line.Name])));
        Assert.Equal(ran["events"], ran["accepted"]);

        var twins = await TwinTable.Of(folder["data"], "2011-06-30", "orders,spend,refunded");
        Assert.Equal(3_002, twins.Rows.Count);
        // Money is kept in pence: each invoice may be half a penny off.
        Assert.Equal(3_728_501.251, twins.Sum("spend") - twins.Sum("refunded"), 0.01);
        Assert.InRange(twins.Sum("orders"), 1, 12_795 - 2_006);
    }
}
