using System.Buffers;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// The stored form of a customer's standing, under the plan that the state behind it names, in four parts: which tally
/// it stands in, its past in segments, what time moves, and what it has contributed.
/// </summary>
public static class SegmentForm
{
    private const byte Counted = 1;
    private const int MostPurposes = 64;

    /// <summary>Writes a standing that was evaluated.</summary>
    /// <param name="standing">It.</param>
    /// <param name="output">Where to.</param>
    public static void Write(SegmentStanding standing, IBufferWriter<byte> output)
    {
        var writer = new BinaryFormWriter(output);
        var scratch = standing.Scratch;
        writer.Byte(standing.IsCounted ? Counted : (byte)0);
        scratch.ResetWrittenCount();
        var parts = new BinaryFormWriter(scratch);
        WriteKey(parts, standing);
        writer.Bytes(scratch.WrittenSpan);
        if (standing.UnreadPast is { IsEmpty: false } unread)
        {
            writer.Bytes(unread);
        }
        else
        {
            scratch.ResetWrittenCount();
            WritePast(parts, standing);
            writer.Bytes(scratch.WrittenSpan);
        }
        scratch.ResetWrittenCount();
        parts.Signed(standing.At.UnixMs);
        parts.Signed(standing.WakeAt.UnixMs);
        parts.Signed(standing.MeanAt.UnixMs);
        if (!standing.MeanAt.IsNever) parts.Real(standing.MeanSatisfaction);
        writer.Bytes(scratch.WrittenSpan);
        scratch.ResetWrittenCount();
        parts.Unsigned((ulong)(standing.Stage + 1));
        parts.SignedAll(standing.Values);
        writer.Bytes(scratch.WrittenSpan);
    }

    /// <summary>Reads a standing; its past and what it has contributed when somebody asks for them.</summary>
    /// <exception cref="InvalidDataException">The bytes are no standing under its plan.</exception>
    public static void Read(SegmentShare share, SegmentStanding standing)
    {
        standing.Clear();
        standing.IsCounted = share.IsCounted;
        standing.IsEvaluated = true;
        var key = new BinaryFormReader(share.Key);
        ReadKey(ref key, standing.Plan, out standing.Members, standing.Lawful);
        key.End();
        standing.LeaveUnread(share.Past, share.Values);
        var clock = new BinaryFormReader(share.Clock);
        standing.At = new Instant(clock.Signed());
        standing.WakeAt = new Instant(clock.Signed());
        standing.MeanAt = new Instant(clock.Signed());
        if (!standing.MeanAt.IsNever) standing.MeanSatisfaction = clock.Real();
        clock.End();
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
        writer.UnsignedAll(standing.Lawful);
    }

    private static void WritePast(BinaryFormWriter writer, SegmentStanding standing)
    {
        var known = 0;
        foreach (var entries in standing.Entries) known += entries > 0 ? 1 : 0;
        writer.Unsigned((ulong)known);
        for (var i = 0; i < standing.Entries.Length; i++)
        {
            if (standing.Entries[i] == 0) continue;
            // Mostly the entry is among the moves that are remembered, with its time.
            var isApart = standing.Members.Has(i) && standing.Since[i] != standing.LastEntry(i);
            writer.Unsigned((ulong)(i * 2 + (isApart ? 1 : 0)));
            writer.Unsigned((ulong)standing.Entries[i]);
            if (isApart) writer.Signed(standing.Since[i]);
        }
        writer.Unsigned((ulong)standing.Moves.Count);
        var before = 0L;
        foreach (var move in standing.Moves)
        {
            writer.Unsigned((ulong)(move.Segment * 2 + (move.IsEntry ? 1 : 0)));
            writer.Signed(move.At.UnixMs - before);
            before = move.At.UnixMs;
        }
        writer.Unsigned((ulong)standing.Flows.Count);
        foreach (var flow in standing.Flows)
        {
            writer.Unsigned((ulong)flow.From);
            writer.Unsigned((ulong)(flow.To * 2 + (flow.IsIdle ? 1 : 0)));
            writer.Unsigned((ulong)flow.Count);
            writer.Signed(flow.StayedMs);
        }
    }

    /// <summary>Reads the past of a standing that has none yet.</summary>
    internal static void ReadPast(ReadOnlySpan<byte> past, SegmentStanding standing)
    {
        var reader = new BinaryFormReader(past);
        var segments = standing.Plan.Segments.Count;
        var apart = default(SegmentMask);
        for (var left = reader.Count(segments); left > 0; left--)
        {
            var known = reader.Count(segments * 2 - 1);
            standing.Entries[known / 2] = (long)reader.Unsigned();
            if (known % 2 == 0) continue;
            standing.Since[known / 2] = reader.Signed();
            apart.Add(known / 2);
        }
        var at = 0L;
        for (var left = reader.Count(SegmentStanding.MaxMoves); left > 0; left--)
        {
            var move = reader.Count(segments * 2 - 1);
            at += reader.Signed();
            standing.Moves.Add(new SegmentMove(move / 2, move % 2 == 1, new Instant(at)));
            if (move % 2 == 1 && !apart.Has(move / 2)) standing.Since[move / 2] = at;
        }
        for (var left = reader.Count(SegmentStanding.MaxFlows); left > 0; left--)
            standing.Flows.Add(ReadFlow(ref reader, standing.Plan));
        reader.End();
    }

    /// <summary>Reads what a standing has contributed; returns the stage's slot, or -1.</summary>
    internal static int ReadContribution(ReadOnlySpan<byte> stored, SegmentationPlan plan, Span<long> values)
    {
        var reader = new BinaryFormReader(stored);
        var stage = reader.Count(plan.Stages) - 1;
        foreach (ref var value in values) value = reader.Signed();
        reader.End();
        return stage;
    }

    private static StageFlow ReadFlow(ref BinaryFormReader reader, SegmentationPlan plan)
    {
        var from = reader.Count(plan.Stages - 1);
        var to = reader.Count(plan.Stages * 2 - 1);
        return new StageFlow(from, to / 2, to % 2 == 1, (long)reader.Unsigned(), reader.Signed());
    }
}
