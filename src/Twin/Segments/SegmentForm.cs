using System.Buffers;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// The stored form of a customer's standing: the hash of its plan and three parts. The first says which tally it stands
/// in, the second what it remembers of segments, the third what it has contributed.
/// </summary>
public static class SegmentForm
{
    private const byte Counted = 1;
    private const int MostPurposes = 64;

    /// <summary>Writes a standing that was evaluated.</summary>
    /// <param name="standing">It.</param>
    /// <param name="planHash">Hash of the plan it was evaluated under.</param>
    /// <param name="output">Where to.</param>
    public static void Write(SegmentStanding standing, ulong planHash, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        var scratch = standing.Scratch;
        writer.Fixed(planHash);
        writer.Byte(standing.IsCounted ? Counted : (byte)0);
        scratch.ResetWrittenCount();
        var parts = new BinaryFormWriter(scratch);
        WriteKey(parts, standing);
        writer.Bytes(scratch.WrittenSpan);
        scratch.ResetWrittenCount();
        WriteHistory(parts, standing);
        writer.Bytes(scratch.WrittenSpan);
        scratch.ResetWrittenCount();
        parts.Unsigned((ulong)(standing.Stage + 1));
        parts.Signed(standing.At.UnixMs);
        parts.SignedAll(standing.Values);
        writer.Bytes(scratch.WrittenSpan);
    }

    /// <summary>Reads a standing; what it has contributed is left where it is.</summary>
    /// <exception cref="InvalidDataException">The bytes are no standing under its plan.</exception>
    public static void Read(SegmentShare share, SegmentStanding standing)
    {
        standing.Clear();
        standing.IsCounted = share.IsCounted;
        standing.IsEvaluated = true;
        var key = new BinaryFormReader(share.Key);
        ReadKey(ref key, standing.Plan, out standing.Members, standing.Lawful);
        key.End();
        var history = new BinaryFormReader(share.History);
        ReadHistory(ref history, standing);
        history.End();
        var values = new BinaryFormReader(share.Values);
        standing.Stage = values.Count(standing.Plan.Stages) - 1;
        standing.At = new Instant(values.Signed());
    }

    /// <summary>Reads which tally a standing is in.</summary>
    internal static void ReadKey(
        ref BinaryFormReader reader, SegmentationPlan plan, out SegmentMask members, Span<ulong> lawful)
    {
        members = default;
        for (var left = reader.Count(plan.Segments.Count); left > 0; left--)
            members.Add(reader.Count(plan.Segments.Count - 1));
        var purposes = reader.Count(MostPurposes);
        if (purposes != lawful.Length) throw new InvalidDataException($"{purposes} purposes are not the plan's.");
        for (var i = 0; i < purposes; i++) lawful[i] = reader.Unsigned();
    }

    private static void WriteKey(BinaryFormWriter writer, SegmentStanding standing)
    {
        writer.Unsigned((ulong)standing.Members.Count);
        for (var i = standing.Members.Next(0); i >= 0; i = standing.Members.Next(i + 1)) writer.Unsigned((ulong)i);
        writer.Unsigned((ulong)standing.Lawful.Length);
        foreach (var lawful in standing.Lawful) writer.Unsigned(lawful);
    }

    private static void WriteHistory(BinaryFormWriter writer, SegmentStanding standing)
    {
        var known = 0;
        foreach (var entries in standing.Entries) known += entries > 0 ? 1 : 0;
        writer.Unsigned((ulong)known);
        for (var i = 0; i < standing.Entries.Length; i++)
        {
            if (standing.Entries[i] == 0) continue;
            writer.Unsigned((ulong)i);
            writer.Unsigned((ulong)standing.Entries[i]);
            if (standing.Members.Has(i)) writer.Signed(standing.Since[i]);
        }
        writer.Unsigned((ulong)standing.Moves.Count);
        foreach (var move in standing.Moves)
        {
            writer.Unsigned((ulong)(move.Segment * 2 + (move.IsEntry ? 1 : 0)));
            writer.Signed(move.At.UnixMs);
        }
        writer.Unsigned((ulong)standing.Flows.Count);
        foreach (var flow in standing.Flows)
        {
            writer.Unsigned((ulong)flow.From);
            writer.Unsigned((ulong)(flow.To * 2 + (flow.IsIdle ? 1 : 0)));
            writer.Unsigned((ulong)flow.Count);
            writer.Signed(flow.StayedMs);
        }
        writer.Signed(standing.WakeAt.UnixMs);
        writer.Signed(standing.MeanAt.UnixMs);
        if (!standing.MeanAt.IsNever) writer.Real(standing.MeanSatisfaction);
    }

    private static void ReadHistory(ref BinaryFormReader reader, SegmentStanding standing)
    {
        var segments = standing.Plan.Segments.Count;
        for (var left = reader.Count(segments); left > 0; left--)
        {
            var segment = reader.Count(segments - 1);
            standing.Entries[segment] = (long)reader.Unsigned();
            if (standing.Members.Has(segment)) standing.Since[segment] = reader.Signed();
        }
        for (var left = reader.Count(SegmentStanding.MaxMoves); left > 0; left--)
            standing.Moves.Add(ReadMove(ref reader));
        for (var left = reader.Count(SegmentStanding.MaxFlows); left > 0; left--)
            standing.Flows.Add(ReadFlow(ref reader, standing.Plan));
        standing.WakeAt = new Instant(reader.Signed());
        standing.MeanAt = new Instant(reader.Signed());
        if (!standing.MeanAt.IsNever) standing.MeanSatisfaction = reader.Real();

        SegmentMove ReadMove(ref BinaryFormReader from)
        {
            var move = from.Count(segments * 2 - 1);
            return new SegmentMove(move / 2, move % 2 == 1, new Instant(from.Signed()));
        }
    }

    private static StageFlow ReadFlow(ref BinaryFormReader reader, SegmentationPlan plan)
    {
        var from = reader.Count(plan.Stages - 1);
        var to = reader.Count(plan.Stages * 2 - 1);
        return new StageFlow(from, to / 2, to % 2 == 1, (long)reader.Unsigned(), reader.Signed());
    }
}
