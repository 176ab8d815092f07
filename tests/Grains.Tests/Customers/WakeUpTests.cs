using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

public class WakeUpTests
{
    private static readonly TwinPlan Retail = OneCustomer.Shipped("retail");
    private static readonly GrainKey Other = GrainKey.Customer(Ids().Skip(1).First());

    private static OneCustomer Start()
    {
        var customers = new OneCustomer(Retail, Ids().First());
        foreach (var key in new[] { customers.Key, Other })
        {
            customers.Tell(key, new CustomerMessage.SetConsents([new("marketing", ConsentStatus.Granted)], "test"));
        }
        return customers;
    }

    /// <summary>Customers who are not in the control group.</summary>
    private static IEnumerable<string> Ids() =>
        Enumerable.Range(0, 1_000).Select(i => $"c-{i}").Where(id => !Decider.IsHeldOut(Retail, id));

    private static void Add(OneCustomer customers, GrainKey key, string id, string time)
    {
        var added = customers.Event($$$"""
            {"id":"{{{id}}}","type":"Product Added","time":"{{{time}}}","customer":"x",
            "properties":{"product_id":"p1"}}
            """);
        customers.Tell(key, new CustomerMessage.Observe([added]));
    }

    private static List<(GrainKey Key, GrainMessage.WokenUp Message)> Asked(OneCustomer customers)
    {
        var asked = new List<(GrainKey, GrainMessage.WokenUp)>();
        foreach (var (sender, effect) in customers.Effects)
        {
            if (effect is Effect.WakeUp wake && wake.Name != SegmentTurn.WakeUpName)
                asked.Add((sender, new GrainMessage.WokenUp(wake.Name, wake.At)));
        }
        return asked;
    }

    private static int Decided(OneCustomer customers) => customers.Effects.Count(e => e.Effect is Effect.Publish);

    [Fact]
    public void Wake_up_delivered_twice_is_decided_on_once()
    {
        var customers = Start();
        Add(customers, customers.Key, "a1", "2026-03-01T11:00:00Z");
        var (key, message) = Assert.Single(Asked(customers));
        customers.Now = message.At;
        customers.Tell(key, message);
        var count = customers.State.DecisionCount;

        customers.Tell(key, message);

        Assert.Equal(1, count);
        Assert.Equal(count, customers.State.DecisionCount);
    }

    [Fact]
    public void Wake_up_that_a_later_event_has_moved_decides_nothing()
    {
        var customers = Start();
        Add(customers, customers.Key, "a1", "2026-03-01T11:00:00Z");
        Add(customers, customers.Key, "a2", "2026-03-01T11:30:00Z");
        var asked = Asked(customers);
        customers.Now = asked[1].Message.At;

        customers.Tell(customers.Key, asked[0].Message);
        Assert.Equal(0, customers.State.DecisionCount);
        customers.Tell(customers.Key, asked[1].Message);
        Assert.Equal(1, customers.State.DecisionCount);
    }

    [Fact]
    public void Wake_up_of_a_merged_customer_wakes_the_survivor_once()
    {
        var customers = Start();
        Add(customers, Other, "a1", "2026-03-01T11:00:00Z");
        customers.Tell(Other, new CustomerMessage.MergeInto(customers.Key.Id));
        customers.DeliverSends();
        var asked = Asked(customers);
        customers.Now = asked[0].Message.At;

        foreach (var (key, message) in asked) customers.Tell(key, message);

        Assert.Equal([Other, customers.Key], asked.Select(a => a.Key));
        Assert.Equal(1, Decided(customers));
    }

    [Fact]
    public void Wake_up_that_comes_before_the_absorption_is_not_lost()
    {
        var customers = Start();
        Add(customers, Other, "a1", "2026-03-01T11:00:00Z");
        var (_, message) = Assert.Single(Asked(customers));
        customers.Tell(Other, new CustomerMessage.MergeInto(customers.Key.Id));
        customers.Now = message.At;
        customers.Tell(Other, message); // leads to the survivor, who does not know of it yet
        Assert.Equal(0, Decided(customers));

        customers.DeliverSends();
        var again = Asked(customers)[^1];
        customers.Tell(again.Key, again.Message);

        Assert.Equal(customers.Key, again.Key);
        Assert.Equal(message, again.Message);
        Assert.Equal(1, Decided(customers));
    }

    [Fact]
    public void Wake_up_outlives_a_changed_definition()
    {
        var customers = Start();
        Add(customers, customers.Key, "a1", "2026-03-01T11:00:00Z");
        var (key, message) = Assert.Single(Asked(customers));
        var changed = System.Text.Encoding.UTF8.GetString(Retail.Source.Bytes.Span)
            .Replace("\"delayHours\": 4", "\"delayHours\": 6", StringComparison.Ordinal);
        customers.Plans = customers.Plans.WithCurrent(OneCustomer.Compile(changed));
        customers.Now = message.At;

        customers.Tell(key, message);

        Assert.Equal(1, Decided(customers));
    }

    [Fact]
    public void Wake_up_that_is_due_as_customers_are_split_still_comes()
    {
        var customers = Start();
        Add(customers, Other, "a1", "2026-03-01T11:00:00Z");
        Merge(customers);
        var due = Asked(customers)[0].Message;
        customers.Now = due.At;

        SplitOff(customers);

        Assert.Contains((Other, due), Asked(customers));
        customers.Tell(Other, due);
        Assert.Equal(1, customers.StateOf(Other).DecisionCount);
        customers.Tell(Other, due);
        customers.Tell(customers.Key, due);
        Assert.Equal((1, 0), (customers.StateOf(Other).DecisionCount, customers.State.DecisionCount));
    }

    [Fact]
    public void Wake_up_that_the_others_event_had_moved_comes_to_each_at_its_own_time()
    {
        var customers = Start();
        Add(customers, Other, "a1", "2026-03-01T11:00:00Z");
        var own = Asked(customers)[0].Message;
        Merge(customers);
        Add(customers, customers.Key, "b1", "2026-03-01T11:30:00Z");
        customers.Now = own.At.PlusMs(60_000);

        SplitOff(customers);

        Assert.Contains((Other, own), Asked(customers));
        customers.Tell(Other, own);
        Assert.Equal((1, 0), (customers.StateOf(Other).DecisionCount, customers.State.DecisionCount));
        var moved = own with { At = own.At.PlusMs(30 * 60_000) };
        customers.Now = moved.At;
        customers.Tell(customers.Key, moved);
        Assert.Equal((1, 1), (customers.StateOf(Other).DecisionCount, customers.State.DecisionCount));
    }

    [Fact]
    public void Wake_up_of_the_one_who_stays_that_the_other_had_moved_comes_though_it_is_due()
    {
        var customers = Start();
        Add(customers, customers.Key, "b1", "2026-03-01T11:00:00Z");
        var own = Asked(customers)[0].Message;
        Merge(customers);
        Add(customers, Other, "a1", "2026-03-01T11:30:00Z");
        customers.Now = own.At.PlusMs(60_000);
        customers.Effects.Clear();

        SplitOff(customers);

        Assert.Contains((customers.Key, own), Asked(customers));
        customers.Tell(customers.Key, own);
        Assert.Equal((0, 1), (customers.StateOf(Other).DecisionCount, customers.State.DecisionCount));
    }

    [Fact]
    public void Wake_up_that_came_while_customers_were_merged_does_not_come_again()
    {
        var customers = Start();
        Add(customers, Other, "a1", "2026-03-01T11:00:00Z");
        Merge(customers);
        var due = Asked(customers)[0].Message;
        customers.Now = due.At;
        customers.Tell(Other, due);
        Assert.Equal(1, customers.State.DecisionCount);
        customers.Effects.Clear();

        SplitOff(customers);

        Assert.DoesNotContain(Asked(customers), asked => asked.Key == Other);
        customers.Tell(Other, due);
        Assert.Equal(0, customers.StateOf(Other).DecisionCount);
    }

    private static void Merge(OneCustomer customers)
    {
        customers.Tell(Other, new CustomerMessage.MergeInto(customers.Key.Id));
        customers.DeliverSends();
        customers.Effects.RemoveAll(sent => sent.Effect is Effect.Send);
    }

    private static void SplitOff(OneCustomer customers)
    {
        Assert.IsType<Reply.Done>(customers.Tell(new CustomerMessage.Split(Other.Id)));
        customers.DeliverSends();
        Assert.Null(customers.StateOf(Other).MovedTo);
    }
}
