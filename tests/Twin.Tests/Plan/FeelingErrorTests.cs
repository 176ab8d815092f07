using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Tests.State;

namespace DToC.Twin.Tests.Plan;

public class FeelingErrorTests
{
    private const string Level = """
        { "kind": "latentLevel", "variance": 1, "answers": [{ "of": "OF", "scale": "csat", "noiseVariance": 1 }] }
        """;

    private const string Price = """
        { "kind": "priceSensitivity", "purpose": "service", "demand": "demand", "parameters": { "intercept": 1,
          "elasticity": -1, "interceptVariance": 1, "elasticityVariance": 1, "covariance": 2, "noiseVariance": 1 } }
        """;

    [Theory]
    [InlineData("Bought.product", "'Bought.product' is a token")]
    [InlineData("Bought", "'Bought' is an event; this kind reads a signal of it")]
    [InlineData("Bought.itemz", "There is no signal of 'Bought' 'Bought.itemz'")]
    public void A_level_reads_numbers_only(string of, string problem) =>
        AssertFails(Level.Replace("OF", of, StringComparison.Ordinal), problem.Split('\'')[0], "features.new");

    [Fact]
    public void A_level_has_a_scale_once()
    {
        var twice = Level.Replace("OF", "Bought.items", StringComparison.Ordinal).Replace(
            "[{", """[{ "of": "Bought.first", "scale": "csat", "noiseVariance": 1 }, {""", StringComparison.Ordinal);
        AssertFails(twice, "The scale 'csat' is there twice", "features.new.answers");
    }

    [Theory]
    [InlineData("Bought.first", "Seen.product", "'Seen.product' is a token")]
    [InlineData("Bought.first", "Bought", "'Bought' is an event")]
    public void Demand_needs_two_numbers(string price, string quantity, string problem) => AssertFails(
        $$"""{ "kind": "demandSums", "price": "{{price}}", "quantity": "{{quantity}}" }""", problem, "features.new");

    [Fact]
    public void Demand_needs_one_event()
    {
        var definition = SmallTwin.Definition.Replace(
            "\"Seen\": { \"category\": \"behaviour\", \"signals\": {",
            "\"Seen\": { \"category\": \"behaviour\", \"signals\": { "
                + "\"price\": { \"path\": \"p\", \"type\": \"number\" },",
            StringComparison.Ordinal);
        Assert.NotEqual(SmallTwin.Definition, definition);
        AssertFails("""{ "kind": "demandSums", "price": "Seen.price", "quantity": "Bought.items" }""",
            "'Bought.items' is not of the event of 'Seen.price'", "features.new.quantity", definition);
    }

    [Fact]
    public void Bursts_are_of_events_or_tokens() => AssertFails(
        """{ "kind": "bursts", "of": "Bought.items", "clicks": 3, "withinSeconds": 1, "halfLifeDays": 1 }""",
        "'Bought.items' is a number", "features.new");

    [Theory]
    [InlineData("""{ "kind": "satisfaction", "purpose": "service", "level": "orders" }""", "There is no feature")]
    [InlineData("""
        { "kind": "priceSensitivity", "purpose": "service", "demand": "gap", "parameters": { "intercept": 1,
          "elasticity": -1, "interceptVariance": 1, "elasticityVariance": 1, "noiseVariance": 1 } }
        """, "There is no feature")]
    [InlineData("""
        { "kind": "frustration", "purpose": "service",
          "causes": [{ "feature": "recent", "weight": 1 }, { "feature": "recent", "weight": 1 }] }
        """, "'recent' is a cause already")]
    [InlineData(Price, "covariance must be symmetric and positive definite")]
    public void A_model_names_features_of_its_kind_and_parameters_that_make_one(string model, string problem)
    {
        var definition = SmallTwin.Definition
            .Replace("\"journey\":", $"\"models\": {{ \"new\": {model} }}, \"journey\":", StringComparison.Ordinal);
        AssertFails("""{ "kind": "demandSums", "price": "Bought.first", "quantity": "Bought.items" }""",
            problem, "models.new", definition, name: "demand");
    }

    [Fact]
    public void The_version_of_a_satisfaction_changes_with_its_level()
    {
        ulong Version(int variance) => Assert.IsType<PlanCompilation.Compiled>(TwinPlan.Load(Encoding.UTF8.GetBytes(
            SmallTwin.Definition
                .Replace("\"features\": {", "\"features\": { \"mood\": "
                    + Level.Replace("OF", "Bought.items", StringComparison.Ordinal)
                        .Replace("\"variance\": 1", $"\"variance\": {variance}", StringComparison.Ordinal) + ",",
                    StringComparison.Ordinal)
                .Replace("\"journey\":", """
                    "models": { "s": { "kind": "satisfaction", "purpose": "service", "level": "mood" } }, "journey":
                    """, StringComparison.Ordinal)), "small.jsonc")).Plan.Models[0].Version;

        Assert.Equal(Version(1), Version(1));
        Assert.NotEqual(Version(1), Version(2));
    }

    private static void AssertFails(
        string feature, string problem, string path, string definition = SmallTwin.Definition, string name = "new")
    {
        var text = definition.Replace(
            "\"features\": {", $"\"features\": {{ \"{name}\": {feature},", StringComparison.Ordinal);
        var compiled = TwinPlan.Load(Encoding.UTF8.GetBytes(text), "small.jsonc");
        var invalid = Assert.IsType<PlanCompilation.Invalid>(compiled);
        Assert.Contains(invalid.Errors, error => $"{error}".Contains(problem, StringComparison.Ordinal)
            && $"{error}".Contains(path, StringComparison.Ordinal));
    }
}
