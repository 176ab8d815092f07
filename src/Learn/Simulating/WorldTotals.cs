using System.Buffers;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>
/// What each world of a simulation came to, quantity by quantity over all weeks: what is needed to set two simulations
/// side by side, world by world.
/// </summary>
public sealed class WorldTotals
{
    private const byte Format = 1;
    private const int MostNames = 1_024;

    private readonly double[] _scales;
    private readonly long[][][] _values;

    private WorldTotals(
        IReadOnlyList<string> scenarios, IReadOnlyList<string> quantities, double[] scales, int worlds,
        long[][][] values) =>
        (Scenarios, Quantities, Worlds, _scales, _values) = (scenarios, quantities, worlds, scales, values);

    /// <summary>Names of the scenarios, the baseline first.</summary>
    public IReadOnlyList<string> Scenarios { get; }

    /// <summary>Names of the quantities.</summary>
    public IReadOnlyList<string> Quantities { get; }

    /// <summary>Worlds.</summary>
    public int Worlds { get; }

    /// <summary>Those of the paths that a run has done.</summary>
    public static WorldTotals Of(SimulationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var worlds = run.Sums.Everybody(run.PathsDone);
        var measures = ResultMeasure.All(run.Setup.Request.DiscountRate);
        var scenarios = run.Setup.Scenarios.All;
        return new WorldTotals(
            [.. scenarios.Select(scenario => scenario.Name)], [.. measures.Select(measure => measure.Name)],
            [.. measures.Select(measure => measure.Scale)], worlds.Length,
            [.. scenarios.Select((_, s) => measures.Select(measure => measure.Totals(worlds, s)).ToArray())]);
    }

    /// <summary>Writes them.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        writer.Byte(Format);
        Write(writer, Scenarios);
        Write(writer, Quantities);
        foreach (var scale in _scales) writer.Real(scale);
        writer.Unsigned((ulong)Worlds);
        foreach (var of in _values)
        {
            foreach (var worlds in of) writer.SignedAll(worlds);
        }
    }

    /// <summary>Reads what <see cref="Write(IBufferWriter{byte})"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are none that this build can read.</exception>
    public static WorldTotals Read(ReadOnlySpan<byte> written)
    {
        var reader = new BinaryFormReader(written);
        var format = reader.Byte();
        if (format != Format)
            throw new InvalidDataException($"Format {format} of worlds is not known; this build knows {Format}.");
        var (scenarios, quantities) = (Names(ref reader), Names(ref reader));
        var scales = new double[quantities.Length];
        for (var i = 0; i < scales.Length; i++) scales[i] = reader.Real();
        var worlds = reader.Count(SimulationRequest.MostPaths);
        var values = new long[scenarios.Length][][];
        for (var s = 0; s < values.Length; s++)
        {
            values[s] = new long[quantities.Length][];
            for (var q = 0; q < quantities.Length; q++)
            {
                values[s][q] = new long[worlds];
                for (var w = 0; w < worlds; w++) values[s][q][w] = reader.Signed();
            }
        }
        return new WorldTotals(scenarios, quantities, scales, worlds, values);
    }

    /// <summary>
    /// Sets another simulation beside this one, scenario by scenario where both have one of a name.
    /// </summary>
    /// <param name="other">The other one.</param>
    /// <param name="arePaired">Whether a world of the one is the world of that number of the other.</param>
    /// <param name="level">Probability of the intervals.</param>
    public IReadOnlyList<ScenarioBeside> Beside(WorldTotals other, bool arePaired, double level)
    {
        ArgumentNullException.ThrowIfNull(other);
        List<ScenarioBeside> scenarios = [];
        for (var s = 0; s < Scenarios.Count; s++)
        {
            var t = other.Scenarios.ToList().IndexOf(Scenarios[s]);
            if (t < 0) continue;
            Dictionary<string, QuantityBeside> quantities = new(StringComparer.Ordinal);
            for (var q = 0; q < Quantities.Count; q++)
            {
                var p = other.Quantities.ToList().IndexOf(Quantities[q]);
                if (p < 0) continue;
                quantities[Quantities[q]] = Beside(_values[s][q], other._values[t][p], _scales[q], arePaired, level);
            }
            scenarios.Add(new ScenarioBeside(Scenarios[s], quantities));
        }
        return scenarios;
    }

    private static QuantityBeside Beside(long[] one, long[] other, double scale, bool arePaired, double level)
    {
        var common = Math.Min(one.Length, other.Length);
        var (first, second) = (WorldSummary.Of(one, scale, level), WorldSummary.Of(other, scale, level));
        return new QuantityBeside(
            first.Mean, second.Mean, second.Mean - first.Mean,
            arePaired ? WorldDifference.Of(other.AsSpan(0, common), one.AsSpan(0, common), scale, level) : null);
    }

    private static void Write(BinaryFormWriter writer, IReadOnlyList<string> names)
    {
        writer.Unsigned((ulong)names.Count);
        foreach (var name in names) writer.Text(name);
    }

    private static string[] Names(ref BinaryFormReader reader)
    {
        var names = new string[reader.Count(MostNames)];
        for (var i = 0; i < names.Length; i++) names[i] = reader.Text();
        return names;
    }
}

/// <summary>A scenario of two simulations.</summary>
/// <param name="Name">Its name in both.</param>
/// <param name="Quantities">By quantity, over all weeks.</param>
public sealed record ScenarioBeside(string Name, IReadOnlyDictionary<string, QuantityBeside> Quantities);

/// <summary>A quantity of two simulations.</summary>
/// <param name="First">Its mean in the one.</param>
/// <param name="Other">Its mean in the other.</param>
/// <param name="Difference">The other less the one.</param>
/// <param name="Paired">The same world by world; null where the worlds are not the same.</param>
public sealed record QuantityBeside(double First, double Other, double Difference, WorldDifference? Paired);
