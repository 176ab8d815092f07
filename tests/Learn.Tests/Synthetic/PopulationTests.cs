using System.Security.Cryptography;
using System.Text.Json;
using DToC.Learn.Synthetic;
using DToC.Twin;

namespace DToC.Learn.Tests.Synthetic;

public class PopulationTests
{
    private static PopulationProfile Shipped(string name)
    {
        var (profile, fault) = ProfileReader.Read(name);
        Assert.True(profile != null, fault);
        return profile!; // asserted just above
    }

    private static string Digest(IEnumerable<SyntheticEvent> events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var next in events)
            hash.AppendData(next.ToUtf8());
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    [Fact]
    public void Eight_profiles_are_shipped()
    {
        string[] expected =
        [
            "banking", "business-accounts", "consumer-goods", "grocery", "healthcare", "machines", "retail", "telecom",
        ];
        Assert.Equal(expected, ProfileReader.Shipped);
    }

    [Fact]
    public void Same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        foreach (var name in ProfileReader.Shipped)
        {
            var profile = Shipped(name);
            var first = Digest(Population.Events(profile, 42, 20));
            Assert.Equal(first, Digest(Population.Events(profile, 42, 20)));
            Assert.NotEqual(first, Digest(Population.Events(profile, 43, 20)));
        }
    }

    [Fact]
    public void A_customer_is_the_same_in_a_small_and_in_a_large_population()
    {
        var profile = Shipped("retail");
        var alone = Digest(new Population(profile, 9).Customer(3).Events);
        foreach (var customers in new[] { 4, 40 })
        {
            var among = Population.Events(profile, 9, customers).Where(next => next.Customer == "c-000003");
            Assert.Equal(alone, Digest(among));
        }
    }

    [Fact]
    public void A_further_stream_leaves_the_arrivals_of_the_others_alone()
    {
        var profile = Shipped("retail");
        var longer = profile with { Streams = [.. profile.Streams, profile.Streams[^1] with { Event = "Extra" }] };
        for (var i = 0; i < 20; i++)
        {
            var before = new Population(profile, 5).Customer(i).Events.Select(next => (next.Type, next.Time));
            var after = new Population(longer, 5).Customer(i).Events.Select(next => (next.Type, next.Time));
            Assert.Empty(before.Except(after));
        }
    }

    [Fact]
    public void Events_by_time_are_those_by_customer_in_order_of_time_even_when_runs_are_spilled()
    {
        foreach (var name in ProfileReader.Shipped)
        {
            var byCustomer = Population.Events(Shipped(name), 1, 30, EventOrder.ByCustomer).ToList();
            var expected = byCustomer.OrderBy(next => next.Time).Select(next => next.Id).ToList();
            Assert.Equal(expected, TimeOrder.Merge(byCustomer).Select(next => next.Id));
            var spilled = TimeOrder.Merge(byCustomer, runLength: byCustomer.Count / 7 + 1).ToList();
            Assert.Equal(expected, spilled.Select(next => next.Id));
            Assert.Equal(Digest(byCustomer.OrderBy(next => next.Time)), Digest(spilled));
        }
    }

    [Fact]
    public void Every_event_is_JSON_of_the_ingest_shape_with_a_unique_id_within_the_span()
    {
        foreach (var name in ProfileReader.Shipped)
        {
            var profile = Shipped(name);
            var ids = new HashSet<string>(StringComparer.Ordinal);
            foreach (var next in Population.Events(profile, 3, 50))
            {
                using var json = JsonDocument.Parse(next.ToUtf8());
                var root = json.RootElement;
                string[] members = ["id", "type", "time", "customer", "source", "properties", "context"];
                Assert.Equal(members, root.EnumerateObject().Select(member => member.Name));
                Assert.True(ids.Add(root.GetProperty("id").GetString()!), $"{name}: id {next.Id} twice");
                var time = root.GetProperty("time").GetDateTimeOffset();
                Assert.InRange(time, profile.Start, profile.End);
                var properties = root.GetProperty("properties").EnumerateObject()
                    .Select(member => member.Name).ToList();
                Assert.Equal(properties.Count, properties.Distinct().Count());
                Assert.NotEqual(JsonValueKind.Undefined, root.GetProperty("context").GetProperty("channel").ValueKind);
                Assert.InRange(next.ToUtf8().Length, 80, 32 * 1024);
            }
            Assert.True(ids.Count > 500, $"{name}: only {ids.Count} events of 50 customers");
        }
    }

    [Fact]
    public void Every_event_type_a_profile_names_occurs()
    {
        foreach (var name in ProfileReader.Shipped)
        {
            var profile = Shipped(name);
            var named = profile.Streams.SelectMany(stream => TypesOf(stream.With).Append(stream.Event));
            if (profile.Dropout?.Farewell is { } farewell)
                named = named.Concat(TypesOf([farewell]));
            var seen = Population.Events(profile, 8, 400, EventOrder.ByCustomer).Select(next => next.Type).ToHashSet();
            Assert.Empty(named.Except(seen));
        }

        static IEnumerable<string> TypesOf(IReadOnlyList<DependentEvent> with) =>
            with.SelectMany(dependent => TypesOf(dependent.With)
                .Concat(dependent.Otherwise is { } otherwise ? TypesOf([otherwise]) : [])
                .Append(dependent.Event));
    }

    [Fact]
    public void An_order_comes_after_its_views_additions_and_checkout_and_totals_its_products()
    {
        var orders = 0;
        for (var i = 0; i < 60; i++)
        {
            var events = new Population(Shipped("retail"), 21).Customer(i).Events;
            foreach (var order in events.Where(next => next.Type == "Order Completed"))
            {
                orders++;
                var basket = order.Properties.Select(property => property.Value)
                    .OfType<PropertyValue.Basket>().Single();
                var total = order.Properties.Single(property => property.Name == "total").Value;
                Assert.Equal(new PropertyValue.Number(basket.Lines.Sum(line => line.Quantity * line.Price)), total);
                if (order.Time.UnixMs < Instant.From(Shipped("retail").Start).UnixMs + 30 * 60_000)
                    continue;
                foreach (var before in (string[])["Product Viewed", "Product Added", "Checkout Started"])
                {
                    Assert.Contains(events, next => next.Type == before && next.Time < order.Time
                        && order.Time.UnixMs - next.Time.UnixMs <= 25 * 60_000
                        && next.Context.Session == order.Context.Session);
                }
            }
        }
        Assert.True(orders > 100, $"{orders} orders");
    }
}
