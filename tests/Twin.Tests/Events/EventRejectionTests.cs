using System.Text;
using DToC.Twin.Events;

namespace DToC.Twin.Tests.Events;

public class EventRejectionTests
{
    private const string Head = "\"id\":\"e\",\"type\":\"Bought\"";
    private const string Who = ",\"customer\":\"c\",\"source\":\"web\"";

    [Theory]
    [InlineData("[]", EventProblem.Malformed, "", "is a JSON object")]
    [InlineData("", EventProblem.Malformed, "", "Not valid JSON")]
    [InlineData("{\"id\":", EventProblem.Malformed, "", "Not valid JSON")]
    [InlineData("{\"id\":\"e\"} {}", EventProblem.Malformed, "", "")]
    [InlineData("{\"id\":\"\\ud800\"}", EventProblem.Malformed, "", "not valid UTF-8")]
    [InlineData("{}", EventProblem.MissingField, "id", "id is missing")]
    [InlineData("{\"id\":7}", EventProblem.MissingField, "id", "id is a number; it must be text")]
    [InlineData("{\"id\":\"  \"}", EventProblem.MissingField, "id", "at least one character")]
    [InlineData("{\"id\":\"e\"}", EventProblem.MissingField, "type", "type is missing")]
    [InlineData("{" + Head + "}", EventProblem.MissingField, "customer", "customer is missing")]
    [InlineData("{" + Head + ",\"identifiers\":[]}", EventProblem.MissingField, "identifiers", "must be an object")]
    [InlineData("{" + Head + ",\"identifiers\":{\"mail\":\"x\"}}",
        EventProblem.MissingField, "identifiers.mail", "known: email, cookie")]
    [InlineData("{" + Head + ",\"context\":7}", EventProblem.MissingField, "context", "must be an object")]
    [InlineData("{" + Head + ",\"context\":{\"place\":7}}",
        EventProblem.MissingField, "context.place", "must be text")]
    [InlineData("{" + Head + ",\"properties\":[]}", EventProblem.MissingField, "properties", "must be an object")]
    [InlineData("{" + Head + ",\"customer\":\"c\",\"source\":\"old\"}",
        EventProblem.SourceOff, "source", "'old' is switched off")]
    [InlineData("{" + Head + ",\"customer\":\"c\",\"source\":\"fax\"}",
        EventProblem.UnknownSource, "source", "'fax' is not in the definition")]
    [InlineData("{\"id\":\"e\",\"type\":\"Sold\"" + Who + "}",
        EventProblem.UnknownType, "type", "'Sold' is not in the definition")]
    [InlineData("{" + Head + Who + ",\"time\":\"yesterday\"}",
        EventProblem.AbsurdTime, "time", "RFC 3339 with an offset")]
    [InlineData("{" + Head + Who + ",\"time\":\"2026-03-02T10:00:00\"}",
        EventProblem.AbsurdTime, "time", "RFC 3339 with an offset")]
    [InlineData("{" + Head + Who + ",\"time\":17}", EventProblem.AbsurdTime, "time", "RFC 3339 with an offset")]
    [InlineData("{" + Head + Who + ",\"time\":\"2026-03-02T10:11:00Z\"}",
        EventProblem.AbsurdTime, "time", "more than 10 minutes ahead")]
    [InlineData("{" + Head + Who + ",\"time\":\"1969-01-01T00:00:00Z\"}",
        EventProblem.AbsurdTime, "time", "lies before 1970-01-02")]
    public void Envelope_that_is_wrong_is_rejected(string json, EventProblem problem, string field, string says) =>
        Rejects(Encoding.UTF8.GetBytes(json), problem, field, says);

    [Theory]
    [InlineData("", EventProblem.WrongType, "properties.total", "is missing; 'Bought' needs it")]
    [InlineData("\"total\":\"12\"", EventProblem.WrongType, "properties.total", "a number without quotes")]
    [InlineData("\"total\":[1]", EventProblem.WrongType, "properties.total", "is a list; it must be a single value")]
    [InlineData("\"total\":{\"x\":1}",
        EventProblem.WrongType, "properties.total", "is an object; it must be a single value")]
    [InlineData("\"total\":1e400", EventProblem.WrongType, "properties.total", "a finite number")]
    [InlineData("\"total\":1e300", EventProblem.Implausible, "properties.total", "beyond what can be summed")]
    [InlineData("\"total\":-1", EventProblem.Implausible, "properties.total", "plausible is at least 0")]
    [InlineData("\"total\":1000.01", EventProblem.Implausible, "properties.total", "plausible is at most 1000")]
    [InlineData("\"total\":2000.01,\"currency\":\"USD\"",
        EventProblem.Implausible, "properties.total", "plausible is at most 1000")]
    [InlineData("\"total\":1,\"currency\":\"JPY\"",
        EventProblem.UnknownCurrency, "properties.currency", "sums EUR and converts USD, XXL")]
    [InlineData("\"total\":1,\"currency\":7", EventProblem.WrongType, "properties.currency", "an ISO 4217 code")]
    [InlineData("\"total\":1,\"gift\":1", EventProblem.WrongType, "properties.gift", "true or false")]
    [InlineData("\"total\":1,\"lines\":[{\"product\":true}]",
        EventProblem.WrongType, "properties.product", "must be text")]
    [InlineData("\"total\":1,\"lines\":[{\"product\":\"\\ud800\"}]", EventProblem.Malformed, "", "not valid UTF-8")]
    [InlineData("\"total\":1,\"lines\":[{\"quantity\":9e13},{\"quantity\":9e13}]",
        EventProblem.Implausible, "properties.quantity", "beyond what can be summed")]
    [InlineData("\"total\":90000000000000,\"currency\":\"XXL\"",
        EventProblem.Implausible, "properties.total", "beyond what can be summed")]
    [InlineData("\"total\":1,\"address\":{\"country\":\"Austria\"}",
        EventProblem.WrongType, "properties.country", "longer than 4 bytes")]
    [InlineData("\"total\":1,\"address\":{\"country\":\"\\udc00\"}", EventProblem.Malformed, "", "not valid UTF-8")]
    [InlineData("\"total\":1,\"size\":\"big\"", EventProblem.WrongType, "properties.size", "it must be a number")]
    [InlineData("\"total\":1,\"size\":1e999", EventProblem.WrongType, "properties.size", "it must be a number")]
    [InlineData("\"total\":1,\"vip\":\"yes\"", EventProblem.WrongType, "properties.vip", "it must be a boolean")]
    public void Property_that_is_wrong_is_rejected(
        string properties, EventProblem problem, string field, string says) =>
        Rejects(Encoding.UTF8.GetBytes(Incoming.Order(properties)), problem, field, says);

    [Fact]
    public void Text_over_its_limit_is_rejected()
    {
        Over("{\"id\":\"" + new string('x', 129) + "\"}", "id", "longer than 128 bytes");
        Over("{" + Head + ",\"source\":\"" + new string('ü', 33) + "\"}", "source", "longer than 64 bytes");
        Over("{" + Head + ",\"customer\":\"" + new string('x', 129) + "\"}", "customer", "longer than 128 bytes");
        Over("{" + Head + ",\"context\":{\"device\":\"" + new string('x', 64) + "\"}}",
            "context.device", "longer than 63 bytes");
        Over("{\"type\":\"" + new string('x', 129) + "\"}", "type", "longer than 128 bytes");
        Over("{\"x\":\"" + new string('x', 33_000) + "\"}", "", "at most 32768");

        static void Over(string json, string field, string says) =>
            Rejects(Encoding.UTF8.GetBytes(json), EventProblem.OverLimit, field, says);
    }

    [Theory]
    [InlineData(13, false)]
    [InlineData(17, true)]
    [InlineData(1_000, true)]
    public void Deep_nesting_is_rejected(int levels, bool isTooDeep)
    {
        var json = Incoming.Order($"\"total\":1,\"x\":{new string('[', levels)}{new string(']', levels)}");
        if (isTooDeep) Rejects(Encoding.UTF8.GetBytes(json), EventProblem.OverLimit, "", "deeper than 16 levels");
        else Assert.NotNull(Incoming.Event(json));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_rejected()
    {
        var json = Encoding.UTF8.GetBytes(Incoming.Order("\"total\":1,\"lines\":[{\"product\":\"@@\"}]"));
        json[Array.IndexOf(json, (byte)'@')] = 0xFF;
        Rejects(json, EventProblem.Malformed, "", "not valid UTF-8");
    }

    [Fact]
    public void Rejection_names_the_event_as_far_as_it_was_read()
    {
        var no = Assert.IsType<EventReading.Rejected>(Incoming.Read(Incoming.Order("\"total\":-1")));
        Assert.Equal(("e-1", "web", true), (no.Id, no.Source, no.IsRepairable));
        var broken = Assert.IsType<EventReading.Rejected>(Incoming.Read("{\"id\":\"e-2\",\"x\":"));
        Assert.Equal(("e-2", null, false), (broken.Id, broken.Source, broken.IsRepairable));
    }

    private static void Rejects(byte[] json, EventProblem problem, string field, string says)
    {
        var no = Assert.IsType<EventReading.Rejected>(Incoming.Read(json));
        Assert.Equal((problem, field), (no.Problem, no.Field));
        Assert.Contains(says, no.Message, StringComparison.Ordinal);
    }
}
