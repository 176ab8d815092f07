using System.Buffers;
using DToC.Grains.Tests.Tables;
using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Grains.Tests.Customers;

/// <summary>
/// A small shop's customers with the tables of their identifiers. What grains send each other passes its stored form
/// and waits until it is delivered.
/// </summary>
internal sealed class Counter
{
    public static readonly TwinPlan Plan = OneCustomer.Compile("""
        {
          "name": "counter", "version": "1", "customer": { "kinds": ["person"] },
          "identifiers": {
            "email": { "priority": 60, "maxValues": 2 },
            "phone": { "priority": 50, "merge": "never" },
            "sofa": { "priority": 20, "maxCustomers": 2 },
            "device": { "priority": 10 }
          },
          "purposes": ["service", "marketing"],
          "categories": {
            "behaviour": { "retentionDays": 30, "bases": { "service": "contract" } },
            "interests": { "retentionDays": 30, "bases": { "marketing": "consent" } }
          },
          "events": { "Seen": { "category": "behaviour" }, "Liked": { "category": "interests" } },
          "features": { "seen": { "kind": "count", "of": "Seen" } }
        }
        """);

    private readonly OneCustomer _customers = new(Plan);
    private readonly Dictionary<GrainKey, TableRoom> _tables = [];
    private readonly IdentityGrain _identity = new();
    private readonly CustomerGrain _customer = new();
    private readonly List<(GrainKey Sender, Effect.Send Send)> _pending = [];
    private int _taken;
    private int _lastId;

    /// <summary>An event of a customer, with identifiers as <c>name=value</c>; answers what became of it.</summary>
    public EventResult Show(string customer, params string[] identifiers) => Show(customer, "Seen", identifiers);

    public EventResult Show(string customer, string type, string[] identifiers)
    {
        var members = identifiers.Select(i => i.Split('=')).Select(i => $"\"{i[0]}\":\"{i[1]}\"");
        var e = _customers.Event($$"""
            {"id":"e{{++_lastId}}","type":"{{type}}","customer":"{{customer}}",
            "identifiers":{ {{string.Join(',', members)}} } }
            """);
        var key = GrainKey.Customer(customer);
        var reply = Assert.IsType<CustomerReply.Observed>(_customers.Tell(key, new CustomerMessage.Observe([e])));
        Collect();
        return reply.Results[0];
    }

    /// <summary>
    /// Delivers what waits and what that leads to, in order for each sender; whose turn it is <paramref name="draws"/>
    /// says, and whether it comes twice.
    /// </summary>
    public void Deliver(Random? draws = null)
    {
        for (var steps = 0; _pending.Count > 0; steps++)
        {
            Assert.True(steps < 500, "Messages without end.");
            var senders = _pending.Select(p => p.Sender).Distinct().ToList();
            var sender = senders[draws?.Next(senders.Count) ?? 0];
            var place = _pending.FindIndex(p => p.Sender == sender);
            var send = _pending[place].Send;
            _pending.RemoveAt(place);
            Deliver(send);
            if (draws?.Next(3) == 0) Deliver(send);
        }
    }

    public IdentityRow RowOf(string identifier)
    {
        var parsed = Identifier(identifier);
        return TableOf(IdentityGrain.KeyOf(parsed)).Find(IdentityGrain.RowOf(parsed)) is { } row
            ? IdentityRow.Read(row.Span)
            : IdentityRow.None;
    }

    public bool HasRow(string identifier)
    {
        var parsed = Identifier(identifier);
        return TableOf(IdentityGrain.KeyOf(parsed)).Find(IdentityGrain.RowOf(parsed)) is not null;
    }

    /// <summary>What an erasure asks of the table.</summary>
    public void Erase(string identifier, string customer)
    {
        var parsed = Identifier(identifier);
        var (key, row) = (IdentityGrain.KeyOf(parsed), IdentityGrain.RowOf(parsed));
        Assert.True(_identity.Concerns(
            new GrainRow(row, TableOf(key).Find(row) ?? default), new DataSubject([customer], [])));
        TableOf(key).Tell(new GrainMessage.RemoveRows([row]) { Customers = [customer] });
    }

    /// <summary>Where an id leads, and by how many moves.</summary>
    public (string Customer, int Hops) Root(string customer)
    {
        for (var hops = 0; hops < 10; hops++)
        {
            if (_customers.StateOf(GrainKey.Customer(customer)).MovedTo is not { } target) return (customer, hops);
            customer = target;
        }
        throw new InvalidOperationException($"{customer} leads round in a ring.");
    }

    public long Events(string customer) => _customers.StateOf(GrainKey.Customer(customer)).EventCount;

    public long NotLinked(string customer) => _customers.StateOf(GrainKey.Customer(customer)).NotLinked;

    public static string Minted(string identifier) => IdentityGrain.MintId(Identifier(identifier));

    public void Tell(string customer, GrainMessage message)
    {
        _customers.Tell(GrainKey.Customer(customer), message);
        Collect();
    }

    private static Identifier Identifier(string text) => new(text.Split('=')[0], text.Split('=')[1]);

    private void Collect()
    {
        for (; _taken < _customers.Effects.Count; _taken++)
        {
            var (sender, effect) = _customers.Effects[_taken];
            if (effect is Effect.Send send) _pending.Add((sender, send));
        }
    }

    private void Deliver(Effect.Send send)
    {
        IGrain grain = send.To.Kind == GrainKind.Identity ? _identity : _customer;
        var stored = new ArrayBufferWriter<byte>();
        grain.EncodeMessage(send.Message, stored);
        var message = grain.DecodeMessage(stored.WrittenSpan);
        if (send.To.Kind == GrainKind.Customer)
        {
            _customers.Tell(send.To, message);
            Collect();
            return;
        }
        var outcome = TableOf(send.To).Tell(message);
        _pending.AddRange(outcome.Effects.OfType<Effect.Send>().Select(effect => (send.To, effect)));
    }

    private TableRoom TableOf(GrainKey key)
    {
        if (!_tables.TryGetValue(key, out var table)) _tables[key] = table = new TableRoom(_identity, key, Plan);
        return table;
    }
}
