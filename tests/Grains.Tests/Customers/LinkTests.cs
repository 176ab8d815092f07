using System.Globalization;
using DToC.Twin.State;

namespace DToC.Grains.Tests.Customers;

/// <summary>Who becomes whom by the identifiers that events show, and who does not.</summary>
public class LinkTests
{
    private const string Device = "device=d-1";
    private static readonly string Anonymous = Counter.Minted(Device);

    [Fact]
    public void Anonymous_customer_becomes_the_known_one_who_shows_its_device()
    {
        var counter = new Counter();
        counter.Show(Anonymous, Device);
        counter.Show(Anonymous, Device);
        counter.Deliver();
        counter.Show("ann", Device);
        counter.Deliver();

        Assert.Equal(("ann", 1), counter.Root(Anonymous));
        Assert.Equal(3, counter.Events("ann"));
        Assert.Equal([new IdentityClaim("ann", IsKnown: true)], counter.RowOf(Device).Claims);
    }

    [Fact]
    public void Link_that_comes_late_takes_the_anonymous_customer_there_too()
    {
        var counter = new Counter();
        counter.Show("ann", Device);
        counter.Deliver();
        counter.Show(Anonymous, Device);
        counter.Deliver();
        Assert.Equal(("ann", 1), counter.Root(Anonymous));
    }

    [Fact]
    public void Two_known_customers_of_one_device_stay_two_and_the_device_is_shared()
    {
        var counter = new Counter();
        counter.Show(Anonymous, Device);
        counter.Show("ann", Device);
        counter.Deliver();
        counter.Show("bob", Device);
        counter.Deliver();

        Assert.True(counter.RowOf(Device).IsContested(Counter.Plan.Events.Identifiers[3]));
        Assert.Equal((("ann", 0), ("bob", 0)), (counter.Root("ann"), counter.Root("bob")));
        Assert.Equal(("ann", 1), counter.Root(Anonymous)); // what was linked before stays
    }

    [Fact]
    public void Shared_device_takes_nobody_anywhere()
    {
        var counter = new Counter();
        counter.Show("ann", Device);
        counter.Show("bob", Device);
        counter.Deliver();
        counter.Show(Anonymous, Device);
        counter.Deliver();
        Assert.Equal((Anonymous, 0), counter.Root(Anonymous));
    }

    [Fact]
    public void Device_of_two_may_lead_to_the_first_where_the_definition_says_so()
    {
        var counter = new Counter();
        var sofa = Counter.Plan.Events.Identifiers[2];
        counter.Show("ann", "sofa=s");
        counter.Show("bob", "sofa=s");
        counter.Deliver();
        Assert.Equal((false, "ann"), (counter.RowOf("sofa=s").IsContested(sofa), counter.RowOf("sofa=s").First(sofa)));
        counter.Show("cem", "sofa=s");
        counter.Deliver();
        Assert.True(counter.RowOf("sofa=s").IsContested(sofa));
    }

    [Fact]
    public void Customer_who_has_become_known_in_the_meantime_stays_and_the_device_is_shared()
    {
        var counter = new Counter();
        counter.Show(Anonymous, Device);
        counter.Deliver();
        counter.Show("ann", Device);
        counter.Show(Anonymous, "email=bob@home.example"); // before the table's message is there
        counter.Deliver();

        Assert.Equal((Anonymous, 0), counter.Root(Anonymous));
        Assert.Equal(2, counter.RowOf(Device).KnownCount);
    }

    [Fact]
    public void Customer_who_has_taken_in_a_known_one_is_known()
    {
        var counter = new Counter();
        counter.Show(Anonymous, Device);
        counter.Show("bob");
        counter.Deliver();
        counter.Tell("bob", new CustomerMessage.MergeInto(Anonymous));
        counter.Deliver();
        counter.Show("ann", Device);
        counter.Deliver();
        Assert.Equal((Anonymous, 0), counter.Root(Anonymous));
        Assert.Equal(2, counter.RowOf(Device).KnownCount);
    }

    [Fact]
    public void Erased_customer_leaves_no_claim_and_what_was_shared_stays_so()
    {
        var counter = new Counter();
        counter.Show("ann", "device=own");
        counter.Show("ann", Device);
        counter.Show("bob", Device);
        counter.Deliver();
        foreach (var identifier in new[] { "device=own", Device }) counter.Erase(identifier, "ann");
        Assert.False(counter.HasRow("device=own"));
        Assert.Equal((true, 1), (counter.RowOf(Device).IsOverrun, counter.RowOf(Device).Claims.Count));
        counter.Show("dan", Device);
        counter.Deliver();
        counter.Erase(Device, "bob");
        Assert.Equal([new IdentityClaim("dan", IsKnown: true)], counter.RowOf(Device).Claims);
        counter.Erase(Device, "dan");
        Assert.False(counter.HasRow(Device)); // nobody is left who has shown it

        counter.Show("bob", "sofa=s");
        counter.Show("cem", "sofa=s");
        counter.Deliver();
        counter.Erase("sofa=s", "bob");
        Assert.Equal([new IdentityClaim("cem", IsKnown: true)], counter.RowOf("sofa=s").Claims);
    }

    [Fact]
    public void Identifier_that_merges_nobody_leads_to_whom_it_was_linked_to_first()
    {
        var counter = new Counter();
        var household = Counter.Minted("phone=1");
        counter.Show(household, "phone=1");
        counter.Deliver();
        counter.Show("ann", "phone=1");
        counter.Deliver();
        Assert.Equal((household, 0), counter.Root(household));
        Assert.Equal(household, counter.RowOf("phone=1").First(Counter.Plan.Events.Identifiers[1]));
    }

    [Fact]
    public void Customer_has_so_many_values_and_the_next_is_not_linked()
    {
        var counter = new Counter();
        Assert.Equal(0, counter.Show("ann", "email=1@x.example").NotLinked);
        Assert.Equal(0, counter.Show("ann", "email=2@x.example").NotLinked);
        var third = counter.Show("ann", "email=3@x.example", Device);
        counter.Deliver();
        Assert.Equal((EventStatus.Accepted, 1), (third.Status, third.NotLinked));
        Assert.Contains("not linked", third.Message, StringComparison.Ordinal);
        Assert.Empty(counter.RowOf("email=3@x.example").Claims);
        Assert.Single(counter.RowOf(Device).Claims);
        Assert.Equal(0, counter.Show("ann", "email=1@x.example").NotLinked); // known and unchanged
        Assert.Equal(1, counter.NotLinked("ann"));
    }

    [Fact]
    public void Event_without_a_legal_basis_links_nothing_and_merges_nobody()
    {
        var counter = new Counter();
        counter.Show(Anonymous, Device);
        counter.Deliver();
        Assert.Equal(EventStatus.NoLegalBasis, counter.Show("ann", "Liked", [Device]).Status);
        counter.Deliver();
        Assert.Equal((Anonymous, 0), counter.Root(Anonymous));
        Assert.Equal([new IdentityClaim(Anonymous, IsKnown: false)], counter.RowOf(Device).Claims);
    }

    [Fact]
    public void More_customers_than_are_remembered_share_it_for_good()
    {
        var counter = new Counter();
        for (var i = 0; i <= IdentityRow.MaxClaims; i++)
            counter.Show(string.Create(CultureInfo.InvariantCulture, $"c{i}"), Device);
        counter.Deliver();
        Assert.Equal((true, 0), (counter.RowOf(Device).IsOverrun, counter.RowOf(Device).Claims.Count));
        counter.Show(Anonymous, Device);
        counter.Deliver();
        Assert.Equal((Anonymous, 0), counter.Root(Anonymous));
    }

    [Fact]
    public void State_from_before_links_had_names_is_merged_only_where_its_one_link_is_the_identifier()
    {
        foreach (var (others, root) in new[] { (0, "ann"), (1, Anonymous) })
        {
            var customers = new OneCustomer(Counter.Plan, Anonymous);
            var link = customers.Event(
                """{"id":"1","type":"Seen","customer":"x","identifiers":{"device":"d-1","email":"x@x.example"}}""");
            customers.Observe(link.With([link.Identifiers[1]]));
            if (others > 0) customers.Observe(customers.Event(
                """{"id":"2","type":"Seen","customer":"x","identifiers":{"email":"x@x.example"}}"""));
            customers.Change(state =>
            {
                for (var i = 0; i < state.Links.Count; i++) state.Links[i] = state.Links[i] with { Slot = -1 };
            });
            customers.Tell(new CustomerMessage.BecomeKnown("ann", link.Identifiers[1]));
            Assert.Equal(root, customers.State.MovedTo ?? Anonymous);
        }
    }

    /// <summary>
    /// One person on one device, before login and after: whatever the order in which events come and messages are
    /// delivered, once or twice, there is one twin in the end.
    /// </summary>
    [Fact]
    public void Login_makes_one_twin_of_two_whatever_the_order()
    {
        string[][] shown = [[Anonymous, Device], [Anonymous, Device], ["ann", Device], ["ann", Device]];
        for (var seed = 1; seed <= 200; seed++)
        {
            var counter = Shown(shown, seed);
            Assert.True(counter.Root(Anonymous) == ("ann", 1), $"Seed {seed}: {counter.Root(Anonymous)}");
            Assert.True(counter.Events("ann") == shown.Length, $"Seed {seed}: {counter.Events("ann")} events.");
        }
    }

    /// <summary>From device to e-mail to customer id: as many moves as there are stronger names, at most.</summary>
    [Fact]
    public void Customer_becomes_known_step_by_step()
    {
        const string Email = "email=ann@home.example";
        string[][] shown =
            [[Counter.Minted(Email), Email, Device], ["ann", Email, Device], ["ann", Email], ["ann", Device]];
        for (var seed = 1; seed <= 200; seed++)
        {
            var counter = Shown(shown, seed, [Anonymous, Device]);
            foreach (var (id, most) in new[] { (Counter.Minted(Email), 1), (Anonymous, 2) })
            {
                var (root, hops) = counter.Root(id);
                Assert.True(root == "ann" && hops <= most, $"Seed {seed}: {id} leads to {root} by {hops} moves.");
            }
            Assert.True(counter.Events("ann") == shown.Length + 1, $"Seed {seed}: {counter.Events("ann")} events.");
        }
    }

    /// <summary>
    /// Two people on one device: who of them has the anonymous past is a matter of order, that they stay two is not.
    /// </summary>
    [Fact]
    public void Two_people_stay_two_whatever_the_order()
    {
        const string Email = "email=bob@home.example";
        var bob = Counter.Minted(Email);
        string[][] shown = [[Anonymous, Device], ["ann", Device], [bob, Email, Device], ["ann", Device], [bob, Email]];
        for (var seed = 1; seed <= 200; seed++)
        {
            var counter = Shown(shown, seed);
            Assert.Equal((("ann", 0), (bob, 0)), (counter.Root("ann"), counter.Root(bob)));
            Assert.Equal(2, counter.RowOf(Device).KnownCount);
            Assert.True(counter.Root(Anonymous).Hops <= 1);
        }
    }

    private static Counter Shown(string[][] shown, int seed, string[]? first = null)
    {
        var draws = new Random(seed);
        var counter = new Counter();
        if (first is not null)
        {
            counter.Show(first[0], first[1..]);
            counter.Deliver();
        }
        foreach (var e in shown.OrderBy(_ => draws.Next()))
        {
            counter.Show(e[0], e[1..]);
            if (draws.Next(3) == 0) counter.Deliver(draws);
        }
        counter.Deliver(draws);
        return counter;
    }
}
