using DToC.Twin.Definitions;

namespace DToC.Twin.Tests.Definitions;

public class ShippedDefinitionTests
{
    public static TheoryData<string> Names =>
        [.. DefinitionFiles.All.Select(file => Path.GetFileNameWithoutExtension(file))];

    private static IEnumerable<string> Industries =>
        ["banking", "business-accounts", "consumer-goods", "healthcare", "machines", "retail", "telecom"];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shipped_definition_reads_and_bears_the_name_of_its_file(string name) =>
        Assert.Equal(name, DefinitionFiles.Read(name).Name);

    [Fact]
    public void The_program_ships_all_definitions_byte_by_byte()
    {
        var names = DefinitionFiles.All.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
        Assert.Equal(names, ShippedDefinitions.Names, StringComparer.Ordinal);
        Assert.Contains(ShippedDefinitions.Default, ShippedDefinitions.Names, StringComparer.Ordinal);
        foreach (var file in DefinitionFiles.All)
        {
            var shipped = ShippedDefinitions.Find(Path.GetFileNameWithoutExtension(file));
            Assert.Equal(File.ReadAllBytes(file), shipped?.ToArray());
        }
        Assert.Null(ShippedDefinitions.Find("no-such-definition"));
    }

    [Fact]
    public void Every_industry_is_complete()
    {
        foreach (var name in Industries)
        {
            var definition = DefinitionFiles.Read(name);
            Assert.True(definition.Events.Count >= 5, name);
            Assert.True(definition.Features.Count >= 25, name);
            Assert.True(definition.Models.Count >= 4, name);
            Assert.True(definition.Offers.Count >= 6, name);
            Assert.True(definition.Journey?.Transitions.Count >= 2, name);
            Assert.NotEmpty(definition.Segments);
            Assert.NotEmpty(definition.Attributes);
            Assert.NotEmpty(definition.Identifiers);
            Assert.NotEmpty(definition.ContactPolicy.Caps);
            Assert.NotNull(definition.Holdout);
            Assert.Contains(definition.Triggers, trigger => trigger.Form is TriggerForm.WakeUp);
            Assert.Contains(definition.Triggers, trigger => trigger.Form is TriggerForm.Threshold);
        }
    }

    [Fact]
    public void Health_data_serve_nothing_but_care_without_consent()
    {
        foreach (var category in DefinitionFiles.Read("healthcare").Categories)
        {
            var bases = category.Bases.ToDictionary(basis => basis.Purpose.Name, basis => basis.Basis,
                StringComparer.Ordinal);
            Assert.Equal(LegalBasis.None, bases["marketing"]);
            Assert.Equal(LegalBasis.Consent, bases["analytics"]);
        }
    }

    [Fact]
    public void The_purchase_log_keeps_what_back_tests_rest_on()
    {
        var log = DefinitionFiles.Read("purchase-log");
        Assert.Equal(36_500, Assert.Single(log.Categories).RetentionDays);
        Assert.Empty(log.Offers);
        Assert.Equal(new ModelForm.BgNbd(BgNbdOutput.ExpectedPurchases,
            ((ModelForm.BgNbd)log.Models[0].Form).History, 39, 0.243, 4.414, 0.793, 2.426), log.Models[0].Form);
        Assert.Equal(("GBP", "USD", 1.0), (log.Currency, log.CurrencyRates[0].Currency, log.CurrencyRates[0].Rate));
    }

    [Theory]
    [InlineData("telecom", "Bill Issued(amount) Bill Paid(amount,days_late) Payment Failed(amount) Call Dropped() "
        + "Network Quality Measured(score,cell) Support Call(topic,wait_minutes,resolved) Contract Renewed(months) "
        + "Contract Cancelled(reason)")]
    [InlineData("banking", "Card Payment(amount,merchant_category) Salary Received(amount) Transfer Sent(amount) "
        + "Login() Overdraft Entered(amount) Card Declined() Loan Enquired(amount) Complaint Filed(topic)")]
    [InlineData("healthcare", "Appointment Booked(specialty) Appointment Attended(specialty) "
        + "Appointment Missed(specialty) Prescription Issued(days_supply) Prescription Refilled(days_supply,days_late) "
        + "Message Sent() Symptom Reported(severity)")]
    [InlineData("consumer-goods", "Purchase Scanned(total,discount,products[].quantity,"
        + "products[].quantity,products[].product_id,products[].brand) Coupon Redeemed(value) "
        + "Loyalty Points Redeemed(points) Product Registered(product) Review Written(stars,product) "
        + "Campaign Opened()")]
    [InlineData("business-accounts", "Order Placed(total,seats) Seat Added(count) Seat Removed(count) "
        + "Quote Requested(amount) Invoice Paid(amount,days_late) Invoice Overdue(amount) Contact Active(contact) "
        + "Demo Attended(product,contact)")]
    [InlineData("machines", "Telemetry Reported(temperature_c,vibration_mm_s,runtime_h) Fault Raised(code,severity) "
        + "Maintenance Performed(cost) Part Replaced(part,cost) Meter Read(kwh)")]
    public void Events_and_paths_are_those_a_stream_of_the_industry_has(string name, string events)
    {
        var read = DefinitionFiles.Read(name).Events
            .Select(found => $"{found.Name}({string.Join(',', found.Signals.Select(signal => signal.Path))})");
        Assert.Equal(events, string.Join(' ', read));
    }
}
