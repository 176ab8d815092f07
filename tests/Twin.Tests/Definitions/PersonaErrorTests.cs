using System.Text;
using DToC.Twin.Plan;

namespace DToC.Twin.Tests.Definitions;

/// <summary>What is wrong with personas is said where it was written.</summary>
public class PersonaErrorTests
{
    private const string Said = "\"personaCategory\":\"said\",";

    [Theory]
    [InlineData("""{"work":{"when":"context.chanel == 'b2b'"}}""", "", "context.channel")]
    [InlineData("""{"work":{"when":"signal.total"}}""", "", "boolean")]
    [InlineData("""{"self":{"pseudonymous":true}}""", "", "personaCategory")]
    [InlineData("""{"self":{"pseudonymous":true,"when":"event.hour > 3"}}""", Said, "take 'when' away")]
    [InlineData("""{"work":{}}""", "\"personaCategory\":\"sad\",", "'said'")]
    [InlineData("""{"two words":{}}""", "", "identifier")]
    public void Personas_that_cannot_be_are_errors(string personas, string category, string says)
    {
        var text = $$"""
            {
              "name": "office", "version": "1",
              "customer": { "kinds": ["person"], {{category}} "personas": {{personas}} },
              "purposes": ["service"],
              "categories": { "said": { "retentionDays": 30, "bases": { "service": "contract" } } },
              "events": { "Order": { "category": "said",
                "signals": { "total": { "path": "total", "type": "number" } } } }
            }
            """;
        var invalid = Assert.IsType<PlanCompilation.Invalid>(TwinPlan.Load(Encoding.UTF8.GetBytes(text), "office"));
        Assert.Contains(says, string.Join('\n', invalid.Errors), StringComparison.Ordinal);
    }
}
