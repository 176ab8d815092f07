using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Events;

/// <summary>Which values of identifiers lead to a customer, and what an event says of its customer's wishes.</summary>
public class IdentifierTests
{
    private static readonly TwinPlan Plan = Load("""
        {
          "name": "counter", "version": "1", "customer": { "kinds": ["person"] },
          "identifiers": {
            "email": { "priority": 60, "blocked": ["calls@shop.example", "info@shop.example"] },
            "device": { "priority": 10, "blocked": "tablet-7" }
          },
          "purposes": ["service"],
          "categories": { "behaviour": { "retentionDays": 30, "bases": { "service": "contract" } } },
          "events": { "Seen": { "category": "behaviour" } }
        }
        """);

    [Theory]
    [InlineData("""{"email":"ann@home.example","device":"tablet-7"}""", "email=ann@home.example")]
    [InlineData("""{"email":"CALLS@shop.example","device":"d1"}""", "device=d1")]
    [InlineData("""{"email":"undefined","device":"d1"}""", "device=d1")]
    [InlineData("""{"email":"tablet-7"}""", "email=tablet-7")]
    public void Shared_values_and_placeholders_lead_to_nobody(string identifiers, string left)
    {
        var e = Assert.IsType<EventReading.Read>(Read($"\"identifiers\":{identifiers}")).Event;
        Assert.Equal(left, string.Join(' ', e.Identifiers.Select(i => $"{i.Name}={i.Value}")));
    }

    [Theory]
    [InlineData("\"identifiers\":{\"email\":\"info@shop.example\",\"device\":\"null\"}", "identifiers", "no single")]
    [InlineData("\"identifiers\":{\"device\":\"00000000-0000-0000-0000-000000000000\"}", "identifiers", "no single")]
    [InlineData("\"customer\":\"undefined\"", "customer", "stands for nobody")]
    [InlineData("\"identifiers\":{}", "customer", "customer is missing")]
    public void Event_of_nobody_is_refused(string member, string field, string says)
    {
        var no = Assert.IsType<EventReading.Rejected>(Read(member));
        Assert.Equal((EventProblem.MissingField, field), (no.Problem, no.Field));
        Assert.Contains(says, no.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"1\"", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("\"0\"", false)]
    [InlineData("null", false)]
    public void Opt_out_signal_is_read(string gpc, bool optsOut)
    {
        var reading = Read($"\"customer\":\"c\",\"context\":{{\"channel\":\"web\",\"gpc\":{gpc} }}");
        Assert.Equal(optsOut, Assert.IsType<EventReading.Read>(reading).Event.OptsOut);
    }

    [Fact]
    public void Opt_out_signal_that_cannot_be_read_is_not_passed_over()
    {
        var no = Assert.IsType<EventReading.Rejected>(Read("\"customer\":\"c\",\"context\":{\"gpc\":\"yes\"}"));
        Assert.Equal("context.gpc", no.Field);
    }

    [Fact]
    public void Stored_event_is_read_whatever_its_signal_looks_like()
    {
        var json = Encoding.UTF8.GetBytes("""{"id":"e-1","type":"Seen","customer":"c","context":{"gpc":"yes"}}""");
        var reading = new EventReader(Plan.Events, EventLimits.Stored).ReadStored(json, Incoming.Now, Incoming.Now);
        Assert.IsType<EventReading.Read>(reading);
    }

    private static EventReading Read(string member) => new EventReader(Plan.Events, EventLimits.Default).Read(
        Encoding.UTF8.GetBytes($"{{\"id\":\"e-1\",\"type\":\"Seen\",{member}}}"), Incoming.Now);

    private static TwinPlan Load(string source) => TwinPlan.Load(Encoding.UTF8.GetBytes(source), "counter") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidDataException(string.Join('\n', invalid.Errors)),
        _ => throw new InvalidOperationException(),
    };
}
