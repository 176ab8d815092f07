using System.Collections.Concurrent;
using System.Text;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>Definitions for probes: they differ in their hash, which is all a probe reads of one.</summary>
public static class ProbePlans
{
    private static readonly ConcurrentDictionary<ulong, TwinPlan> Plans = new();

    /// <summary>The definition hosts under test start with.</summary>
    public static TwinPlan First { get; } = Of("1");

    /// <summary>A definition with this version.</summary>
    public static TwinPlan Of(string version) => Read(Encoding.UTF8.GetBytes($$"""
        {
          "name": "probe",
          "version": "{{version}}",
          "timeZone": "UTC",
          "customer": { "kinds": ["person"] },
          "purposes": ["test"],
          "categories": { "all": { "retentionDays": 1, "bases": { "test": "contract" } } },
          "events": { "Seen": { "category": "all" } }
        }
        """));

    /// <summary>The definition of a stored source, read once: simulated processes start by the thousand.</summary>
    public static TwinPlan Known(ReadOnlyMemory<byte> source) =>
        Plans.GetOrAdd(StableHash.Of(source.Span), static (_, source) => Read(source), source);

    /// <summary>Reads <see cref="TwinPlan.Source"/> of a definition made here.</summary>
    public static TwinPlan Read(ReadOnlyMemory<byte> source) => TwinPlan.Load(source, "probe") switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
    };
}
