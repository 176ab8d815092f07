using System.Text;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Events;

/// <summary>Hashes in the place of identifiers: one for each value, and nothing else of the event changes.</summary>
public class IdentifierHashingTests
{
    private static readonly IdentifierHashing Hashing = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    private static readonly EventSchema Schema = Load("""
        {
          "name": "counter", "version": "1", "customer": { "kinds": ["person"] },
          "identifiers": {
            "device": { "priority": 10, "normalize": "trim" },
            "email": { "priority": 60, "kept": "hash", "normalize": "lowercase", "blocked": "desk@shop.example" },
            "card": { "priority": 60, "kept": "hash" }
          },
          "purposes": ["service"],
          "categories": { "behaviour": { "retentionDays": 30, "bases": { "service": "contract" } } },
          "events": { "Seen": { "category": "behaviour" } }
        }
        """);

    // HMAC-SHA256 under the key 00 01 .. 1f of "email\nann@home.example", its first 16 bytes; by another program.
    private const string Ann = "h1:b08c788c64a4bf6aa52f393180d2805f";

    [Fact]
    public void Hash_is_the_one_that_is_documented() => Assert.Equal(Ann, Hashing.HashOf("email", "ann@home.example"));

    [Theory]
    [InlineData("ann@home.example")]
    [InlineData("  ANN@Home.Example\t")]
    [InlineData("\\u0061nn@home.example")]
    [InlineData(Ann)]
    public void Value_however_it_is_written_has_one_hash(string value)
    {
        const string Event = """{"id":"1","type":"Seen","identifiers":{"email":"@"}}""";
        var given = value.Replace("\t", "\\t", StringComparison.Ordinal);
        var hidden = Hidden(Event.Replace("@", given, StringComparison.Ordinal));
        Assert.Equal(Event.Replace("@", Ann, StringComparison.Ordinal), hidden);
        Assert.Equal(new Identifier("email", Ann), Assert.Single(Read(hidden).Identifiers));
    }

    [Fact]
    public void Nothing_else_of_the_event_changes_and_hiding_again_changes_nothing()
    {
        const string Event = """
            {"identifiers" : {"device":" d-1 ", "card": "4711" ,"email":null}, "id":"1","type":"Seen",
             "properties":{"email":"kept@where.it.is","identifiers":{"email":"a@b"}},"identifiers":{"email":"B@C.d"}}
            """;
        var hidden = Hidden(Event);
        Assert.Equal(
            Event.Replace("4711", Hashing.HashOf("card", "4711"), StringComparison.Ordinal)
                .Replace("B@C.d", Hashing.HashOf("email", "b@c.d"), StringComparison.Ordinal),
            hidden);
        Assert.Equal(hidden, Hidden(hidden));
        Assert.Equal("email card device", string.Join(' ', Read(hidden).Identifiers.Select(i => i.Name)));
        Assert.Equal("d-1", Read(hidden).Identifiers[2].Value);
    }

    [Fact]
    public void Name_and_key_are_part_of_the_hash()
    {
        var other = new IdentifierHashing(new byte[32]);
        Assert.NotEqual(Hashing.HashOf("email", "x"), Hashing.HashOf("card", "x"), StringComparer.Ordinal);
        Assert.NotEqual(Hashing.HashOf("email", "x"), other.HashOf("email", "x"), StringComparer.Ordinal);
        Assert.Throws<ArgumentException>(() => new IdentifierHashing(new byte[31]));
    }

    [Theory]
    [InlineData("""{"id":"1","type":"Seen","identifiers":{"email":"Desk@shop.example","device":"d"}}""", "device=d")]
    [InlineData("""{"id":"1","type":"Seen","identifiers":{"email":"undefined","device":"d"}}""", "device=d")]
    public void Values_of_nobody_are_passed_over(string json, string left) =>
        Assert.Equal(left, string.Join(' ', Read(Hidden(json)).Identifiers.Select(i => $"{i.Name}={i.Value}")));

    [Theory]
    [InlineData("""{"id":"1","type":"Seen","identifiers":{"email":"a@b"}""", "Not valid JSON")]
    [InlineData("""{"id":"1","type":"Seen","identifiers":{"email":5}}""", "must be text")]
    [InlineData("""{"id":"1","type":"Seen","identifiers":{"email":" "}}""", "is empty")]
    [InlineData("""{"id":"1","type":"Unheard Of","identifiers":{"email":"\ud800"}}""", "not valid UTF-8")]
    public void What_cannot_be_hidden_is_refused_and_not_kept(string json, string says)
    {
        var hidden = Encoding.UTF8.GetBytes(Hidden(json));
        var reading = new EventReader(Schema, EventLimits.Default).Read(hidden, Incoming.Now);
        var no = Assert.IsType<EventReading.Rejected>(reading);
        Assert.False(no.IsRepairable);
        Assert.Contains(says, no.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Value_in_the_clear_is_refused_at_the_door_and_not_read_out_of_a_journal()
    {
        var json = Encoding.UTF8.GetBytes(
            """{"id":"1","type":"Unheard Of","identifiers":{"email":"a@b","device":"d"}}""");
        var no = Assert.IsType<EventReading.Rejected>(
            new EventReader(Schema, EventLimits.Default).Read(json, Incoming.Now));
        Assert.Equal((EventProblem.MissingField, "identifiers.email"), (no.Problem, no.Field));
        Assert.DoesNotContain("a@b", no.Message, StringComparison.Ordinal);

        var stored = Encoding.UTF8.GetBytes("""{"id":"1","type":"Seen","identifiers":{"email":"a@b","device":"d"}}""");
        var read = Assert.IsType<EventReading.Read>(
            new EventReader(Schema, EventLimits.Stored).ReadStored(stored, Incoming.Now, Incoming.Now));
        Assert.Equal("device", Assert.Single(read.Event.Identifiers).Name);
    }

    [Fact]
    public void Identifiers_that_merge_have_as_many_priorities_as_a_host_follows_moves()
    {
        const string Five = """
            "a": { "priority": 1 }, "b": { "priority": 2 }, "c": { "priority": 3 }, "d": { "priority": 4 },
            "e": { "priority": 5@merge }, "f": { "priority": 4 }
            """;
        var right = Five.Replace("@merge", ", \"merge\": \"never\"", StringComparison.Ordinal);
        Assert.Equal(6, Load(WithIdentifiers(right)).Identifiers.Count);
        var wrong = WithIdentifiers(Five.Replace("@merge", "", StringComparison.Ordinal));
        var invalid = Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(Encoding.UTF8.GetBytes(wrong), "five"));
        Assert.Equal("identifiers.e", Assert.Single(invalid.Errors).Path);
    }

    private static string WithIdentifiers(string identifiers) => $$"""
        {
          "name": "counter", "version": "1", "customer": { "kinds": ["person"] },
          "identifiers": { {{identifiers}} }, "purposes": ["service"],
          "categories": { "behaviour": { "retentionDays": 30, "bases": { "service": "contract" } } },
          "events": { "Seen": { "category": "behaviour" } }
        }
        """;

    private static string Hidden(string json) =>
        Encoding.UTF8.GetString(Hashing.Hide(Encoding.UTF8.GetBytes(json), Schema, EventLimits.Default).Span);

    private static TouchpointEvent Read(string json) => Assert.IsType<EventReading.Read>(
        new EventReader(Schema, EventLimits.Default).Read(Encoding.UTF8.GetBytes(json), Incoming.Now)).Event;

    private static EventSchema Load(string source) => TwinPlan.Load(Encoding.UTF8.GetBytes(source), "counter") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan.Events,
        PlanCompilation.Invalid invalid => throw new InvalidDataException(string.Join('\n', invalid.Errors)),
        _ => throw new InvalidOperationException(),
    };
}
