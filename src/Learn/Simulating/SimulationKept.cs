using System.Buffers;
using DToC.Twin;
using DToC.Twin.State;

namespace DToC.Learn.Simulating;

/// <summary>
/// The byte form of a run that is under way, strict: a mark and version, what it is of (request, definition, moment,
/// members), the sums of the worlds done and what members gained, and a hash of all of it.
/// </summary>
internal static class SimulationKept
{
    private const ulong Mark = 0x316E_7552_6D69_5344; // "DSimRun1"

    /// <summary>Writes it.</summary>
    public static void Write(SimulationRun run, IBufferWriter<byte> output)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new BinaryFormWriter(body);
        writer.Fixed(Mark);
        foreach (var (print, _) in PrintsOf(run)) writer.Fixed(print);
        writer.Unsigned((ulong)run.PathsDone);
        run.Sums.Write(body, run.PathsDone);
        run.Gains.Write(body);
        output.Write(body.WrittenSpan);
        new BinaryFormWriter(output).Fixed(StableHash.Of(body.WrittenSpan));
    }

    /// <summary>Reads it into a run that has not begun; gives the paths done.</summary>
    public static int Read(SimulationRun run, ReadOnlySpan<byte> written)
    {
        if (written.Length < 2 * sizeof(ulong)) throw Damaged();
        var body = written[..^sizeof(ulong)];
        if (new BinaryFormReader(written[^sizeof(ulong)..]).Fixed() != StableHash.Of(body)) throw Damaged();
        var reader = new BinaryFormReader(body);
        if (reader.Fixed() != Mark)
            throw new InvalidDataException("What was kept of the run is of another release; run it from the start.");
        foreach (var (print, what) in PrintsOf(run))
        {
            if (reader.Fixed() != print)
            {
                throw new InvalidDataException(
                    $"What was kept of the run is of {what}; run it from the start to have one answer of one kind.");
            }
        }
        var done = reader.Count(run.Setup.Request.Paths);
        run.Sums.Read(ref reader, done);
        run.Gains.Read(ref reader);
        return reader.AtEnd ? done : throw Damaged();
    }

    private static IEnumerable<(ulong Print, string OtherThan)> PrintsOf(SimulationRun run) =>
    [
        (StableHash.Of(SimulationRequestReader.Write(run.Setup.Request)), "another request"),
        (run.Setup.Premises.Plan.Hash, "another definition or other models"),
        ((ulong)run.Begin.UnixMs, "another moment"),
        (run.MembersPrint, "other members, or other states of them: customers went on meanwhile"),
    ];

    private static InvalidDataException Damaged() =>
        new("What was kept of the run is damaged; run it from the start.");
}
