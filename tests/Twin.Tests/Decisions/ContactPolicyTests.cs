using DToC.Twin.Decisions;
using DToC.Twin.State;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Decisions;

/// <summary>
/// The small definition: email cools down 24 h, at most 2 in 7 days, quiet 21 to 8; all channels cool down 2 h, at
/// most 3 in 14 days, quiet 12 to 13; the offer "thanks" cools down 30 days.
/// </summary>
public class ContactPolicyTests
{
    private const long Hour = Instant.HourMs;
    private const long Day = Instant.DayMs;
    private static readonly Instant Now = SmallTwin.Monday;
    private static readonly ulong Email = StableHash.Of("email");
    private static readonly ulong Letter = StableHash.Of("letter");
    private static readonly ulong Web = StableHash.Of("web");

    [Fact]
    public void Nobody_contacted_may_be_contacted() =>
        Assert.Equal(Rejection.None, Check("thanks", Now));

    [Fact]
    public void Same_offer_waits_for_its_cool_down()
    {
        Assert.Equal(Rejection.OfferCoolDown, Check("thanks", Now, Chosen("thanks", 30 * Day - 1)));
        Assert.Equal(Rejection.None, Check("thanks", Now, Chosen("thanks", 30 * Day)));
        Assert.Equal(Rejection.None, Check("catalogue", Now, Chosen("thanks", 3 * Day)));
        // By any channel, outbound or not: the customer has seen the offer.
        var shown = new Contact(Ago(Day), StableHash.Of("thanks"), Web, Outbound: false);
        Assert.Equal(Rejection.OfferCoolDown, Check("thanks", Now, shown));
    }

    [Fact]
    public void Channel_waits_for_its_cool_down()
    {
        Assert.Equal(Rejection.ChannelCoolDown, Check("thanks", Now, Contacted(Email, 24 * Hour - 1)));
        Assert.Equal(Rejection.None, Check("thanks", Now, Contacted(Email, 24 * Hour)));
        Assert.Equal(Rejection.None, Check("thanks", Now, Contacted(Letter, 3 * Hour)));
    }

    [Fact]
    public void Policy_cool_down_is_over_all_outbound_channels()
    {
        Assert.Equal(Rejection.PolicyCoolDown, Check("catalogue", Now, Contacted(Email, 2 * Hour - 1)));
        Assert.Equal(Rejection.None, Check("catalogue", Now, Contacted(Email, 2 * Hour)));
        Assert.Equal(Rejection.None, Check("catalogue", Now, new Contact(Ago(Hour), 1, Web, Outbound: false)));
    }

    [Fact]
    public void Channel_cap_counts_contacts_younger_than_its_days()
    {
        Contact[] two = [Contacted(Email, 7 * Day - 1), Contacted(Email, 2 * Day)];
        Assert.Equal(Rejection.ChannelCap, Check("thanks", Now, two));
        Assert.Equal(Rejection.None, Check("thanks", Now, Contacted(Email, 7 * Day), Contacted(Email, 2 * Day)));
        Assert.Equal(Rejection.None, Check("catalogue", Now, two));
    }

    [Fact]
    public void Policy_cap_counts_all_outbound_channels()
    {
        Contact[] three = [Contacted(Email, 14 * Day - 1), Contacted(Letter, 9 * Day), Contacted(Email, 8 * Day)];
        Assert.Equal(Rejection.PolicyCap, Check("catalogue", Now, three));
        Assert.Equal(Rejection.None, Check("catalogue", Now, [Contacted(Email, 14 * Day), .. three[1..]]));
        var inbound = new Contact(Ago(8 * Day), 1, Web, Outbound: false);
        Assert.Equal(Rejection.None, Check("catalogue", Now, three[0], three[1], inbound));
    }

    [Theory]
    [InlineData("thanks", "20:59", true)]
    [InlineData("thanks", "21:00", false)]
    [InlineData("thanks", "23:59", false)]
    [InlineData("thanks", "00:00", false)]
    [InlineData("thanks", "07:59", false)]
    [InlineData("thanks", "08:00", true)]
    [InlineData("thanks", "11:59", true)]
    [InlineData("thanks", "12:00", false)]
    [InlineData("thanks", "12:59", false)]
    [InlineData("thanks", "13:00", true)]
    [InlineData("catalogue", "23:00", true)]
    [InlineData("catalogue", "12:30", false)]
    [InlineData("banner", "12:30", true)]
    public void Quiet_hours_hold_from_their_first_minute_to_before_their_last(string offer, string time, bool mayLeave)
    {
        var midnight = new Instant(Now.Day * Day);
        var at = midnight.PlusMs((long)TimeSpan.Parse(time).TotalMilliseconds);
        Assert.Equal(mayLeave ? Rejection.None : Rejection.QuietHours, Check(offer, at));
    }

    [Fact]
    public void Quiet_hours_are_local()
    {
        var vienna = SmallTwin.Compile(SmallTwin.Definition.Replace(
            "\"version\": \"1\"", "\"version\": \"1\", \"timeZone\": \"Europe/Vienna\"", StringComparison.Ordinal));
        var offer = vienna.Decisions.Offers[0];
        var midnight = new Instant(Now.Day * Day);
        // 21:00 is 20:00 UTC in winter and 19:00 in summer.
        Assert.Equal(Rejection.QuietHours, ContactPolicy.Check(vienna, offer, [], midnight.PlusMs(20 * Hour)));
        Assert.Equal(Rejection.None, ContactPolicy.Check(vienna, offer, [], midnight.PlusMs(20 * Hour - 1)));
        var summer = midnight.PlusMs(120 * Day);
        Assert.Equal(Rejection.QuietHours, ContactPolicy.Check(vienna, offer, [], summer.PlusMs(19 * Hour)));
        Assert.Equal(Rejection.None, ContactPolicy.Check(vienna, offer, [], summer.PlusMs(6 * Hour))); // 08:00
    }

    [Fact]
    public void Inbound_offer_ignores_contact_rules_but_its_own() =>
        Assert.Equal(
            Rejection.None, Check("banner", Now, Contacted(Email, 1), Contacted(Email, 2), Contacted(Letter, 3)));

    private static Rejection Check(string offer, Instant now, params Contact[] contacts) =>
        ContactPolicy.Check(
            SmallTwin.Plan, SmallTwin.Plan.Decisions.Offers.Single(o => o.Name == offer),
            contacts.OrderBy(c => c.At.UnixMs).ToArray(), now);

    private static Contact Chosen(string offer, long agoMs) =>
        new(Ago(agoMs), StableHash.Of(offer), Email, Outbound: true);

    private static Contact Contacted(ulong channel, long agoMs) => new(Ago(agoMs), 1, channel, Outbound: true);

    private static Instant Ago(long ms) => Now.PlusMs(-ms);
}
