using System.Text;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;

namespace DToC.Conformance;

/// <summary>Definitions for probes: they differ in their hash, which is all a probe reads of one.</summary>
public static class ProbePlans
{
    /// <summary>The definition hosts under test start with.</summary>
    public static TwinPlan First { get; } = Of("1");

    /// <summary>A definition with this version.</summary>
    public static TwinPlan Of(string version)
    {
        var nowhere = new Position(1, 1);
        var definition = new Definition
        {
            Name = "probe",
            Version = version,
            TimeZone = new Named("UTC", nowhere),
            CustomerKinds = [new Named("person", nowhere)],
            Purposes = [],
            Categories = [],
            Events = [],
        };
        return TwinPlan.Compile(definition, Encoding.UTF8.GetBytes($"probe {version}"));
    }

    /// <summary>Reads <see cref="TwinPlan.Source"/> of a definition made here.</summary>
    public static TwinPlan Read(ReadOnlyMemory<byte> source) =>
        Of(Encoding.UTF8.GetString(source.Span)["probe ".Length..]);
}
