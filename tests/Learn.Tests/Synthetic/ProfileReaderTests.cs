using DToC.Learn.Synthetic;

namespace DToC.Learn.Tests.Synthetic;

public class ProfileReaderTests
{
    private const string Least = """
        {
          "name": "x", "start": "2024-01-01T00:00:00Z", "days": 10,
          "channels": [{ "name": "web", "weight": 1, "source": "web" }],
          "streams": [{ "event": "Login", "rate": { "shape": 1, "weeks": 1 } }] // a comment
        }
        """;

    private static string FaultOf(string json)
    {
        var (profile, fault) = ProfileReader.Parse(json, "x.jsonc");
        Assert.Null(profile);
        return fault!; // null only with a profile
    }

    [Fact]
    public void The_least_profile_is_read() =>
        Assert.Equal("Login", ProfileReader.Parse(Least, "x.jsonc").Profile?.Streams[0].Event);

    [Fact]
    public void An_unknown_name_is_answered_with_the_names_there_are() =>
        Assert.Contains("banking, business-accounts", ProfileReader.Read("retial").Fault, StringComparison.Ordinal);

    [Fact]
    public void A_misspelt_member_is_named_with_its_line()
    {
        var fault = FaultOf(Least.Replace("\"rate\"", "\"rat\"", StringComparison.Ordinal));
        Assert.Contains("line 4", fault, StringComparison.Ordinal);
        Assert.Contains("rat", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Contradictions_are_listed_together()
    {
        var fault = FaultOf(Least
            .Replace("\"days\": 10", "\"days\": 0", StringComparison.Ordinal)
            .Replace("\"weeks\": 1", "\"weeks\": -1", StringComparison.Ordinal)
            .Replace("\"event\": \"Login\"", "\"event\": \"Login\", \"channel\": \"shop\"", StringComparison.Ordinal));
        Assert.Contains("days is 0, wanted 1..3660", fault, StringComparison.Ordinal);
        Assert.Contains("Login: rate wants shape > 0 and weeks > 0", fault, StringComparison.Ordinal);
        Assert.Contains("Login: no channel is named 'shop'", fault, StringComparison.Ordinal);
    }
}
