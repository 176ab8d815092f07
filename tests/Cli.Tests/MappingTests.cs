namespace DToC.Cli.Tests;

/// <summary>Small tables through a mapping to a server, as a user would do it.</summary>
public class MappingTests
{
    private const string Mapping = """
        {
          "table": { "delimiter": ";", "header": true, "columns": ["order", "who", "at", "sku", "n", "price"] },
          "skip": [{ "column": "sku", "equalTo": "POSTAGE" }],
          "customer": { "column": "who", "form": "integer" },
          "time": { "column": "at", "format": "dd.MM.yyyy HH:mm", "offset": "+01:00" },
          "groupBy": { "column": "order", "openGroups": 2 }, // small, to see groups close
          "event": {
            "id": "{order}",
            "types": [
              { "type": "Order Refunded", "when": { "column": "n", "below": 0 }, "sign": -1 },
              { "type": "Order Completed" }
            ],
            "source": "shop",
            "properties": [
              { "name": "order_id", "text": "no {order} of {file}" },
              { "name": "total", "sum": "n * price" },
              { "name": "products", "rows": [
                { "name": "sku", "column": "sku" },
                { "name": "n", "column": "n", "form": "integer", "signed": true }
              ] }
            ]
          },
          "report": { "groupName": "orders", "groups": [{ "name": "returned", "when": { "column": "n", "below": 0 } }] }
        }
        """;

    private const string Header = "order;who;at;sku;n;price\n";

    private static async Task<(Shell Ran, EventServer Server)> Replay(string rows, string mapping = Mapping)
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        var ran = await Shell.Run(
            "replay", folder.Write("t.csv", Header + rows), "--map", folder.Write("m.jsonc", mapping),
            "--url", server.Url, "--key", EventServer.Key);
        return (ran, server);
    }

    [Fact]
    public async Task Rows_of_one_order_become_one_event_though_others_lie_between()
    {
        var (ran, server) = await Replay("""
            A;007.0;02.01.2026 10:05;x;2;1.10
            B;8;02.01.2026 10:06;y;1;5
            A;7;02.01.2026 10:04;"z;q";3;0.5
            """);
        Assert.Equal(ExitCode.Ok, ran.Code);
        Assert.Equal("2", ran["orders"]);
        var order = server.Accepted["A"];
        Assert.Equal("7", order.GetProperty("customer").GetString());
        Assert.Equal("2026-01-02T09:04:00.000Z", order.GetProperty("time").GetString());
        Assert.Equal(
            """{"order_id":"no A of t.csv","total":3.7,"products":[{"sku":"x","n":2},{"sku":"z;q","n":3}]}""",
            order.GetProperty("properties").GetRawText());
    }

    [Fact]
    public async Task Guests_and_skipped_rows_are_counted_and_not_sent()
    {
        var (ran, server) = await Replay("""
            A;;02.01.2026 10:05;x;2;1
            B;8;02.01.2026 10:06;y;1;5
            B;8;02.01.2026 10:06;POSTAGE;1;5
            """);
        Assert.Equal(["B"], server.Accepted.Keys);
        Assert.Equal("1", ran["guest lines"]);
        Assert.Equal("1", ran["lines skipped"]);
        Assert.Equal("1", ran["lines sent"]);
        Assert.Equal("2", ran["orders"]);
        Assert.Equal("1", ran["customers"]);
    }

    [Fact]
    public async Task An_order_all_of_whose_rows_are_negative_is_a_refund_told_in_positive_amounts()
    {
        var (ran, server) = await Replay("""
            A;7;02.01.2026 10:05;x;-2;1.5
            B;7;02.01.2026 10:05;x;-2;1.5
            B;7;02.01.2026 10:05;y;4;1
            """);
        Assert.Equal("Order Refunded", server.Accepted["A"].GetProperty("type").GetString());
        Assert.Equal(3m, server.Accepted["A"].GetProperty("properties").GetProperty("total").GetDecimal());
        Assert.Equal("Order Completed", server.Accepted["B"].GetProperty("type").GetString());
        Assert.Equal("1", ran["returned"]);
    }

    [Fact]
    public async Task An_order_that_comes_back_after_it_was_closed_loses_no_row_and_is_reported()
    {
        var (ran, server) = await Replay("""
            A;7;02.01.2026 10:05;x;1;1
            B;7;02.01.2026 10:05;x;1;1
            C;7;02.01.2026 10:05;x;1;1
            A;7;02.01.2026 10:05;y;1;1
            """);
        Assert.Equal(["A", "A~2", "B", "C"], server.Accepted.Keys.Order());
        Assert.Equal("3", ran["orders"]);
        Assert.Equal("1", ran["orders split (raise groupBy.openGroups)"]);
        Assert.Equal("4", ran["lines sent"]);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_reported_with_its_place_and_the_others_are_sent()
    {
        var (ran, server) = await Replay("""
            A;7;2026-01-02;x;1;1
            B;7;02.01.2026 10:05;x;1;1
            C;7;02.01.2026 10:05
            D;7;02.01.2026 10:05;x;one;1
            """);
        Assert.Equal(ExitCode.SomeRefused, ran.Code);
        Assert.Equal(["B"], server.Accepted.Keys);
        Assert.Contains("1, at is not a time of the form dd.MM.yyyy HH:mm (first: t.csv:2)", ran.Output,
            StringComparison.Ordinal);
        Assert.Contains("1, not 6 columns (first: t.csv:4)", ran.Output, StringComparison.Ordinal);
        Assert.Contains("1, a number was wanted and is not one (first: t.csv:5)", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"delimiter\": \";\"", "\"delimiter\": \";;\"",
        "wanted one ASCII character, tab, whitespace or fixed")]
    [InlineData("\"id\": \"{order}\"", "\"id\": \"{ordre}\"", "there is no column 'ordre'; there are order, who, at")]
    [InlineData("\"+01:00\"", "\"1h\"", "time.offset is '1h', wanted one such as +01:00")]
    [InlineData("\"sum\"", "\"summ\"", "line 16")]
    [InlineData("\"sum\": \"n * price\"", "\"sum\": \"n\", \"text\": \"x\"",
        "property total should have exactly one of")]
    [InlineData("[\"order\", ", "[\"ord\", \"order\", ", "the header of")]
    public async Task A_wrong_mapping_is_a_usage_error_that_says_where(string right, string wrong, string message)
    {
        Assert.Contains(right, Mapping, StringComparison.Ordinal);
        var (ran, server) = await Replay(
            "A;7;02.01.2026 10:05;x;1;1", Mapping.Replace(right, wrong, StringComparison.Ordinal));
        Assert.Equal(ExitCode.Usage, ran.Code);
        Assert.Contains(message, ran.Error, StringComparison.Ordinal);
        Assert.Empty(server.Accepted);
    }

    [Fact]
    public async Task Columns_of_fixed_width_are_cut_by_position()
    {
        using var folder = new TemporaryFolder();
        using var server = new EventServer();
        var mapping = folder.Write("m.jsonc", """
            {
              "table": { "delimiter": "fixed", "columns": ["who", "day", "what"], "widths": [4, 8, 6] },
              "customer": { "column": "who" },
              "time": { "column": "day", "format": "yyyyMMdd" },
              "event": { "id": "{file}-{line}", "types": [{ "type": "Seen" }], "source": "web",
                "properties": [{ "name": "what", "column": "what" }] }
            }
            """);
        await Shell.Run("replay", folder.Write("f.txt", "  ab20260102a thing\n   c20260103other\n"),
            "--map", mapping, "--url", server.Url, "--key", EventServer.Key);
        Assert.Equal("ab", server.Accepted["f.txt-1"].GetProperty("customer").GetString());
        Assert.Equal("a thin", server.Accepted["f.txt-1"].GetProperty("properties").GetProperty("what").GetString());
        Assert.Equal("other", server.Accepted["f.txt-2"].GetProperty("properties").GetProperty("what").GetString());
    }
}
