using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Simulation;

public class ScenarioReaderTests
{
    private static readonly TwinPlan Plan = SimulatedShop.Plan;

    [Fact]
    public void Scenarios_are_read_with_their_weeks_counted_from_nothing()
    {
        var read = SimulatedShop.Scenarios(Plan, 26, """
            [ // with comments
              { "name": "dear", "levers": [{ "lever": "price", "factor": 1.1, "from": 3, "until": 5 }] },
              { "name": "slow", "levers": [{ "lever": "service", "waitingFactor": 2 }, { "lever": "product" }] },
            ]
            """);
        Assert.Equal(["baseline", "dear", "slow"], read.All.Select(scenario => scenario.Name));
        Assert.Equal(new Lever.Price(1.1, -1, 2, 5), Assert.Single(read.All[1].Levers));
        Assert.Equal(
            [new Lever.ServiceLevel(0, 2, 0, 26), new Lever.Product(null, 0, 26)], read.All[2].Levers);
    }

    [Fact]
    public void Nothing_is_a_baseline_alone()
    {
        var read = SimulatedShop.Scenarios(Plan, 26, "");
        Assert.Empty(Assert.Single(read.All).Levers);
    }

    [Theory]
    [InlineData("""{ "lever": "prize" }""", "[0].levers[0].lever", "'prize' is not a word known here", "'price'")]
    [InlineData("""{ "factor": 2 }""", "[0].levers[0].lever", "'lever' is missing", "one of: price, promotion")]
    [InlineData("""{ "lever": "price" }""", "[0].levers[0].factor", "'factor' is missing", "0.01 to 100")]
    [InlineData("""{ "lever": "price", "factor": 0 }""", "[0].levers[0].factor", "0 is out of range", "0.01")]
    [InlineData("""{ "lever": "price", "factor": 1, "depth": 1 }""", "[0].levers[0].depth", "unknown key", "factor")]
    [InlineData("""{ "lever": "price", "factor": 1, "category": "x" }""", "[0].levers[0].category",
        "there is no category of goods 'x'", "names none in simulation.categories")]
    [InlineData("""{ "lever": "promotion", "depth": 1 }""", "[0].levers[0].depth", "1 is out of range", "0.95")]
    [InlineData("""{ "lever": "demand", "index": 1, "from": 9, "until": 3 }""", "[0].levers[0].from",
        "'from' 9 is above 'until' 3", "at most")]
    [InlineData("""{ "lever": "demand", "index": 1, "until": 27 }""", "[0].levers[0]",
        "it acts beyond week 26", "simulate more weeks")]
    [InlineData("""{ "lever": "demand", "index": 1, "from": 30 }""", "[0].levers[0]",
        "it acts beyond week 26", "simulate more weeks")]
    [InlineData("""{ "lever": "service" }""", "[0].levers[0]", "nothing of the service changes", "waitingFactor")]
    [InlineData("""{ "lever": "product", "token": "x" }""", "[0].levers[0].token",
        "the definition has no affinity that was fitted", "simulation.affinity")]
    [InlineData("""{ "lever": "offers", "weight": 0 }""", "[0].levers[0]", "this lever acts on the decision rules",
        "withRules")]
    [InlineData("""{ "lever": "contactPolicy", "count": 1, "days": 7 }""", "[0].levers[0]",
        "this lever acts on the decision rules", "withRules")]
    public void A_wrong_lever_is_named_where_it_stands(string lever, string path, string message, string remedy)
    {
        var error = Assert.Single(ErrorsOf($$"""[{ "name": "a", "levers": [{{lever}}] }]"""));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Levers_that_together_leave_no_sum_that_can_be_trusted_are_refused()
    {
        static string Scenario(int levers) => "[{ \"name\": \"a\", \"levers\": ["
            + string.Join(", ", Enumerable.Repeat("""{ "lever": "price", "factor": 0.1 }""", levers)) + "] }]";

        Assert.Empty(ErrorsOf(Scenario(2)));
        var error = Assert.Single(ErrorsOf(Scenario(4)));
        Assert.Equal("[0].levers", error.Path);
        Assert.Contains("more than 1000 times other", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "(document)", "malformed JSON")]
    [InlineData("{}", "(document)", "expected a list, found an object")]
    [InlineData("[]", "(document)", "the list is empty")]
    [InlineData("""[{ "levers": [{ "lever": "product" }] }]""", "[0].name", "'name' is missing")]
    [InlineData("""[{ "name": "a", "levers": [] }]""", "[0].levers", "the list is empty")]
    [InlineData("""[{ "name": "baseline", "levers": [{ "lever": "product" }] }]""", "[0].name",
        "there is a scenario 'baseline' already")]
    public void A_wrong_list_is_refused(string json, string path, string message)
    {
        var error = Assert.Single(ErrorsOf(json));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SimulationLimits.Scenarios + 1, 1, "the list has 33 items")]
    [InlineData(1, SimulationLimits.Levers + 1, "the list has 33 items")]
    public void Too_many_are_refused(int scenarios, int levers, string message)
    {
        var lever = string.Join(',', Enumerable.Repeat("""{ "lever": "product" }""", levers));
        var all = Enumerable.Range(0, scenarios).Select(i => $$"""{ "name": "s{{i}}", "levers": [{{lever}}] }""");
        Assert.Equal(message, Assert.Single(ErrorsOf($"[{string.Join(',', all)}]")).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SimulationLimits.Weeks + 1)]
    public void Weeks_have_bounds(int weeks) =>
        Assert.Equal("Give 1 to 520.", Assert.Single(ErrorsOf("", weeks: weeks)).Remedy);

    [Fact]
    public void Too_many_bytes_are_refused() => Assert.StartsWith(
        "Write at most", Assert.Single(ErrorsOf(new string(' ', ScenarioReader.MaxBytes + 1))).Remedy,
        StringComparison.Ordinal);

    [Fact]
    public void A_lever_without_what_it_rests_on_is_refused_and_says_what()
    {
        var plan = SimulatedShop.Compile("""
            "purpose": "analytics", "purchases": "buys", "spend": "amount",
            "assumptions": { "marginShare": { "value": 0.4, "source": "stated" } }
            """);
        Assert.Equal(
            ["priceOnUnits"], Missing(plan, """{ "lever": "price", "factor": 1.1 }"""));
        Assert.Equal(
            ["priceOnUnits", "promotionLift", "promotionPullForward", "promotionPullWeeks"],
            Missing(plan, """{ "lever": "promotion", "depth": 0.1 }"""));
        Assert.Equal(
            ["satisfactionOnOrders", "satisfactionOnLeaving", "waitingOnSatisfaction"],
            Missing(plan, """{ "lever": "service", "waitingFactor": 0.5 }"""));
        Assert.Equal(
            ["adoptionShare", "adoptionWeeks", "adoptionLift"], Missing(plan, """{ "lever": "product" }"""));
        Assert.Equal(["stepOnOrders"], Missing(plan, """{ "lever": "journey", "steps": 1 }"""));
        Assert.Equal(["competitorOnOrders"], Missing(plan, """{ "lever": "competitor", "factor": 2 }"""));
        Assert.Equal(["scarcityLoss"], Missing(plan, """{ "lever": "scarcity", "served": 0.5 }"""));
        Assert.Empty(Missing(plan, """{ "lever": "demand", "index": 0.5 }"""));
    }

    [Fact]
    public void A_definition_that_says_nothing_cannot_be_simulated_and_says_what_to_add()
    {
        var error = Assert.Single(ErrorsOf("", SmallTwin.Plan));
        Assert.Contains("\"simulation\"", error.Remedy, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Premises.Of(SmallTwin.Plan));
    }

    [Fact]
    public void A_fitted_model_of_another_kind_cannot_be_simulated_with()
    {
        var plan = SimulatedShop.Compile(SimulatedShop.Section, new Logistic(0, [new("purchase.x", 1)]));
        var error = Assert.Single(ErrorsOf("", plan));
        Assert.Contains("'buys'", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("purchase process", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_never_observed_is_named()
    {
        Assert.Empty(Remarks(Plan, """{ "lever": "price", "factor": 1.05 }"""));
        Assert.Equal(
            [new ScenarioRemark(1, "priceFactor is 1.5; it was only ever 0.9 to 1.1.", true)],
            Remarks(Plan, """{ "lever": "price", "factor": 1.5 }"""));
        var remark = Assert.Single(Remarks(Plan, """{ "lever": "scarcity", "served": 0.5 }"""));
        Assert.True(remark.IsOutside);
        Assert.Contains("Nothing of servedShare was ever observed", remark.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_from_nowhere_are_named()
    {
        var plan = SimulatedShop.Compile(SimulatedShop.SectionWith(
            "\"demandOnOrders\": { \"value\": 1, \"source\": \"stated\" }",
            "\"demandOnOrders\": { \"value\": 1, \"source\": \"none\" }"));
        var remark = Assert.Single(Remarks(plan, """{ "lever": "demand", "index": 1.1 }"""));
        Assert.False(remark.IsOutside);
        Assert.Contains("demandOnOrders = 1, a number from nowhere", remark.Text, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ScenarioRemark> Remarks(TwinPlan plan, string lever) =>
        SimulatedShop.Levers(plan, 26, lever).Remarks;

    private static IEnumerable<string> Missing(TwinPlan plan, string lever) =>
        ErrorsOf($$"""[{ "name": "a", "levers": [{{lever}}] }]""", plan).Select(error =>
        {
            Assert.Equal("[0].levers[0]", error.Path);
            var word = error.Message["it rests on ".Length..error.Message.IndexOf(',', StringComparison.Ordinal)];
            Assert.Contains($"simulation.assumptions.{word}", error.Remedy, StringComparison.Ordinal);
            return word;
        });

    private static IReadOnlyList<DefinitionError> ErrorsOf(string json, TwinPlan? plan = null, int weeks = 26) =>
        ScenarioReader.Read(Encoding.UTF8.GetBytes(json), "scenarios", plan ?? Plan, weeks, withRules: false) switch
        {
            ScenarioReading.Invalid invalid => invalid.Errors,
            _ => [],
        };
}
