using System.Text;
using DToC.Twin.Definitions;
using Xunit.Sdk;

namespace DToC.Twin.Tests.Definitions;

/// <summary>A small right definition to put something wrong into.</summary>
internal static class Sample
{
    /// <summary>The definition with these signals (members of an object) in its one event.</summary>
    public static Definition Read(string signals) => DefinitionReader.Read(Encoding.UTF8.GetBytes($$"""
        {
          "name": "sample", "version": "1", "customer": { "kinds": ["person"] }, "purposes": ["analytics"],
          "categories": { "all": { "retentionDays": 30, "bases": { "analytics": "contract" } } },
          "events": { "Seen": { "category": "all", "signals": { {{signals}} } } }
        }
        """), "sample.jsonc") switch
    {
        DefinitionReading.Read read => read.Definition,
        DefinitionReading.Invalid invalid => throw new XunitException(string.Join('\n', invalid.Errors)),
        var other => throw new XunitException($"{other}"),
    };
}
