using DToC.Conformance;

namespace DToC.Fuzz.Targets;

/// <summary>Something that takes any bytes and must refuse what it cannot use, never fail.</summary>
internal abstract class FuzzTarget(string name)
{
    /// <summary>All that need no server.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [new EventsTarget(), new DefinitionsTarget(), new ExpressionsTarget(), new StoredTarget()];

    public string Name { get; } = name;

    /// <summary>An input: something right, changed.</summary>
    public abstract byte[] Draw(SeededDraws draws);

    /// <summary>Says in a word what became of it; whatever it throws is a finding.</summary>
    public abstract string Try(byte[] input, ulong seed);

    /// <summary>A promise that was not kept.</summary>
    protected static void Hold(bool isKept, string promise)
    {
        if (!isKept) throw new InvalidOperationException(promise);
    }
}
