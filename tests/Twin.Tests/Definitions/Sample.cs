using System.Text;
using DToC.Twin.Definitions;
using Xunit.Sdk;

namespace DToC.Twin.Tests.Definitions;

/// <summary>A small right definition to put something wrong into.</summary>
internal static class Sample
{
    /// <summary>A right definition with what it must have, but for the brace that closes it.</summary>
    public const string Head = """
        {
          "name": "sample", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["analytics"],
          "categories": { "all": { "retentionDays": 30, "bases": { "analytics": "contract" } } },
          "events": { "Seen": { "category": "all" } }
        """;

    /// <summary>A definition whose one event has these signals (members of an object).</summary>
    public static Definition Read(string signals)
    {
        var seen = $"\"all\", \"signals\": {{ {signals} }} }} }}";
        var text = Head.Replace("\"all\" } }", seen, StringComparison.Ordinal);
        return DefinitionReader.Read(Encoding.UTF8.GetBytes(text + "}"), "sample.jsonc") switch
        {
            DefinitionReading.Read read => read.Definition,
            DefinitionReading.Invalid invalid => throw new XunitException(string.Join('\n', invalid.Errors)),
            var other => throw new XunitException($"{other}"),
        };
    }
}
