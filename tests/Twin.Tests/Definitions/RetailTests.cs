using DToC.Twin.Definitions;

namespace DToC.Twin.Tests.Definitions;

public class RetailTests
{
    private static readonly Definition Retail = DefinitionFiles.Read("retail");

    [Fact]
    public void Retail_reads_with_every_part()
    {
        Assert.Equal(("retail", "1.0.0", "UTC", "EUR"),
            (Retail.Name, Retail.Version, Retail.TimeZone.Name, Retail.Currency));
        Assert.Equal([0.92, 1.17], Retail.CurrencyRates.Select(rate => rate.Rate));
        Assert.Equal("person household", string.Join(' ', Retail.CustomerKinds.Select(kind => kind.Name)));
        Assert.Equal(("memberOf", "person", "household"),
            (Retail.Relations[0].Name, Retail.Relations[0].From.Name, Retail.Relations[0].To.Name));
        Assert.Equal("customerId email anonymousId", string.Join(' ', Retail.Identifiers.Select(id => id.Name)));
        Assert.Equal(4, Retail.Purposes.Count);
        Assert.Equal(5, Retail.Categories.Count);
        Assert.Equal(7, Retail.Sources.Count);
        Assert.Equal(3, Retail.Attributes.Count(attribute => !attribute.IsRelation));
        Assert.Equal(12, Retail.Events.Count);
        Assert.Equal(37, Retail.Features.Count);
        Assert.Equal(6, Retail.Journey!.Stages.Count);
        Assert.Equal(3, Retail.Journey.Transitions.Count);
        Assert.Equal(11, Retail.Models.Count);
        Assert.Equal(3, Retail.Segments.Count);
        Assert.Equal(5, Retail.Triggers.Count);
        Assert.Equal(5, Retail.Channels.Count);
        Assert.Equal((5.0, "retail-1"), (Retail.Holdout!.Percent, Retail.Holdout.Salt));
        Assert.Equal(7, Retail.Offers.Count);
    }

    [Fact]
    public void Absent_keys_take_their_defaults()
    {
        var viewed = Retail.Events[0];
        var price = viewed.Signals.Single(signal => signal.Name == "price");
        Assert.Equal((2, SignalAggregate.First, false, false),
            (price.Decimals, price.Aggregate, price.Required, price.FlagOutliers));
        Assert.Equal(0, viewed.Signals[0].Decimals);
        Assert.Equal(30, Retail.SessionGapMinutes);
        Assert.True(Retail.AcceptUnknownSources);
        Assert.All(Retail.Sources, source => Assert.True(source.Enabled));

        var household = Retail.Attributes.Single(attribute => attribute.Name == "householdSize");
        Assert.Equal((64, 1.0, 20.0), (household.MaxLength, household.Min!.Value, household.Max!.Value));
        Assert.Equal(
            [AttributeOrigin.Declared, AttributeOrigin.Observed, AttributeOrigin.Enriched, AttributeOrigin.Inferred],
            household.Precedence);

        var orders = Retail.Features[0];
        Assert.Equal((8, 6, 1, 7.0), (orders.Capacity, orders.Precision, orders.BucketHours, orders.UnitDays));
        Assert.Empty(Retail.Features.Single(feature => feature.Name == "days_since_event").Of);
        Assert.Empty(Retail.Journey!.Transitions[2].From);

        var bestsellers = Retail.Offers.Single(offer => offer.Name == "bestsellers");
        Assert.Equal((1.0, 0.0), (bestsellers.Lever, bestsellers.CoolDownDays));
        Assert.Null(bestsellers.Eligibility);
        Assert.Null(bestsellers.ContextWeight);
        Assert.Same(ContactRules.None.Caps, Retail.Channels[2].Contact.Caps);
    }

    [Fact]
    public void Signals_under_a_list_path_are_summed_unless_told_otherwise()
    {
        var definition = Sample.Read("""
            "quantity": { "path": "products[].quantity", "type": "number" },
            "first": { "path": "products[].quantity", "type": "number", "aggregate": "first" },
            "gift": { "path": "products[].gift", "type": "boolean" }
            """);
        Assert.Equal([SignalAggregate.Sum, SignalAggregate.First, SignalAggregate.First],
            definition.Events[0].Signals.Select(signal => signal.Aggregate));
    }

    [Fact]
    public void Models_take_the_form_of_their_kind()
    {
        var expected = Assert.IsType<ModelForm.BgNbd>(Retail.Models[0].Form);
        Assert.Equal((BgNbdOutput.ExpectedPurchases, "purchase", 13.0, 0.55, 9.0, 0.8, 2.4),
            (expected.Output, expected.History.Name, expected.Horizon, expected.R, expected.Alpha, expected.A,
                expected.B));
        Assert.Equal(BgNbdOutput.ProbabilityAlive, Assert.IsType<ModelForm.BgNbd>(Retail.Models[1].Form).Output);
        Assert.Equal((6.25, 3.74, 15.44),
            Retail.Models[2].Form is ModelForm.GammaGamma spend ? (spend.P, spend.Q, spend.V) : default);
        Assert.Equal("expected_orders * order_value",
            Assert.IsType<ModelForm.Formula>(Retail.Models[3].Form).Expression.Text);
        var churn = Assert.IsType<ModelForm.Logistic>(Retail.Models[4].Form);
        Assert.Equal((-0.8, 5, 1.0, null), (churn.Intercept, churn.Inputs.Count, churn.Inputs[0].Missing,
            churn.Inputs[1].Missing));
    }

    [Fact]
    public void Triggers_channels_and_content_keep_what_was_written()
    {
        Assert.Equal("Order Completed",
            Assert.IsType<TriggerForm.OnEvent>(Retail.Triggers[0].Form).Events.Single().Name);
        Assert.IsType<TriggerForm.Threshold>(Retail.Triggers[1].Form);
        Assert.Equal(4, Assert.IsType<TriggerForm.WakeUp>(Retail.Triggers[2].Form).DelayHours);
        Assert.Equal(new QuietHours(21 * 60, 8 * 60), Retail.Channels[0].Contact.QuietHours);
        Assert.Equal([new ContactCap(5, 7)], Retail.ContactPolicy.Caps);
        Assert.Equal("""{"template":"welcome-back","discountPercent":10}""", Retail.Offers[0].Content);
        Assert.Equal([LegalBasis.Contract, LegalBasis.LegitimateInterest, LegalBasis.Consent, LegalBasis.Consent],
            Retail.Categories[0].Bases.Select(basis => basis.Basis));
    }

    [Fact]
    public void A_rule_knows_the_place_of_its_first_character()
    {
        var lines = File.ReadAllLines(Path.Combine(DefinitionFiles.Folder, "retail.jsonc"));
        string From(Position at) => lines[at.Line - 1][(at.Column - 1)..];

        foreach (var offer in Retail.Offers)
        {
            var (text, at) = offer.Propensity;
            Assert.StartsWith(text + '"', From(at), StringComparison.Ordinal);
            Assert.StartsWith('"' + offer.Channel.Name, From(offer.Channel.At), StringComparison.Ordinal);
            Assert.StartsWith('"' + offer.Name, From(offer.At), StringComparison.Ordinal);
        }
    }
}
