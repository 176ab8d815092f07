using System.Text;
using DToC.Learn.Simulating;

namespace DToC.Learn.Tests.Simulating;

public sealed class SimulationRequestTests
{
    [Fact]
    public void A_request_written_reads_as_the_same()
    {
        const string json = """
            {
              "name": "prices", "weeks": 26, "paths": 100, "seed": 18446744073709551615, "level": 0.95,
              "at": "2026-02-01T00:00:00Z", "population": { "segment": "valuable", "sample": 10, "sampleSeed": 3 },
              "groups": ["valuable"], "withRules": true, "top": 0, "sensitivity": false, "discountRate": 0.05,
              "scenarios": [{ "name": "a", "levers": [{ "lever": "price", "factor": 1.1 }] }]
            }
            """;
        var read = SimulationRequestReader.Read(Encoding.UTF8.GetBytes(json), "request");
        Assert.Null(read.Fault);

        var written = SimulationRequestReader.Write(read.Request!); // without a fault there is one
        var again = SimulationRequestReader.Read(written, "again");

        Assert.Null(again.Fault);
        Assert.Equal(written, SimulationRequestReader.Write(again.Request!)); // as above
        var request = again.Request!; // as above
        var population = request.Population;
        Assert.Equal(
            (ulong.MaxValue, 26, "valuable", 10), (request.Seed, request.Weeks, population.Segment, population.Sample));
        Assert.Contains(
            "\"factor\":1.1",
            Encoding.UTF8.GetString(request.Scenarios.Span).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "weeks": 521 }""", "weeks is 521; 1 to 520 go")]
    [InlineData("""{ "week": 5 }""", "week")]
    [InlineData("""{ "scenarios": { "name": "a" } }""", "scenarios is a list")]
    [InlineData("""{ "groups": ["a", "a"] }""", "groups names a segment twice")]
    [InlineData("""{ "discountRate": 2 }""", "discountRate is 2; 0 to 1 a year goes")]
    [InlineData("null", "it should be an object")]
    [InlineData(
        """{ "search": { "lever": {}, "parameter": "until", "from": 0, "to": 1 } }""", "name a number of the lever")]
    [InlineData("""{ "search": { "lever": {}, "parameter": "x", "from": 1, "to": 1 } }""", "the first must be less")]
    [InlineData(
        """{ "search": { "lever": {}, "parameter": "x", "from": 0, "to": 1, "steps": 32 } }""", "2 to 31 values")]
    [InlineData(
        """{ "scenarios": [{}], "search": { "lever": {}, "parameter": "x", "from": 0, "to": 1 } }""",
        "run the two apart")]
    public void What_cannot_be_asked_is_told_with_what_would_be_right(string json, string told)
    {
        var read = SimulationRequestReader.Read(Encoding.UTF8.GetBytes(json), "request");

        Assert.Null(read.Request);
        Assert.Contains(told, read.Fault!, StringComparison.Ordinal); // without a request there is one
    }

    [Fact]
    public void A_search_makes_a_scenario_a_value_with_all_else_of_the_lever_as_it_is()
    {
        var search = new LeverSearch
        {
            Lever = new() { ["lever"] = "price", ["from"] = 5, ["factor"] = 7 },
            Parameter = "factor", From = 0.9, To = 1.1, Steps = 3,
        };

        Assert.Equal([0.9, 1, 1.1], search.Values);
        Assert.Equal(
            """
            [{"name":"factor 0.9","levers":[{"lever":"price","from":5,"factor":0.9}]},
            {"name":"factor 1","levers":[{"lever":"price","from":5,"factor":1}]},
            {"name":"factor 1.1","levers":[{"lever":"price","from":5,"factor":1.1}]}]
            """.Replace("\n", "", StringComparison.Ordinal),
            Encoding.UTF8.GetString(search.ToScenarios()));
    }
}
