using DToC.Twin.Definitions;

namespace DToC.Twin.Plan;

/// <summary>A definition compiled to dense slots. Immutable; shared by all partitions.</summary>
public sealed class TwinPlan
{
    private TwinPlan(Definition definition, ReadOnlyMemory<byte> source)
    {
        Definition = definition;
        Source = source;
        Hash = StableHash.Of(source.Span);
    }

    /// <summary>The definition as written.</summary>
    public Definition Definition { get; }

    /// <summary>The bytes of its file.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>Content hash of <see cref="Source"/>: names the definition in states, journal and decisions.</summary>
    public ulong Hash { get; }

    /// <summary>Compiles a definition that was read from <paramref name="source"/>.</summary>
    public static TwinPlan Compile(Definition definition, ReadOnlyMemory<byte> source) => new(definition, source);
}
