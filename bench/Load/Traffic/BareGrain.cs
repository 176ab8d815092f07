using System.Buffers;
using System.Diagnostics;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;

namespace DToC.Load.Traffic;

/// <summary>A customer's grain without a host: a turn on stored bytes, with the time of each step.</summary>
internal sealed class BareGrain(TwinPlan plan)
{
    private static readonly long Interrupted = Stopwatch.Frequency / 5_000; // 200 microseconds

    private readonly CustomerGrain _grain = new();
    private readonly PlanCatalog _plans = new(plan);
    private readonly ArrayBufferWriter<byte> _encoded = new(8_192);
    private long _turns;
    private long _decoding;
    private long _handling;
    private long _encoding;

    public double DecodeUs => PerTurnUs(_decoding);

    public double HandleUs => PerTurnUs(_handling);

    public double EncodeUs => PerTurnUs(_encoding);

    /// <summary>One turn that must change the state.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="stored">The state before; empty for a customer of whom nothing is known.</param>
    /// <param name="message">What the grain is told.</param>
    /// <param name="now">The turn's time.</param>
    public (TurnResult.Outcome Outcome, byte[] State, long Version) Run(
        GrainKey key, ReadOnlySpan<byte> stored, GrainMessage message, Instant now)
    {
        var begun = Stopwatch.GetTimestamp();
        var state = stored.IsEmpty ? _grain.Create(key, plan) : _grain.Decode(key, stored, _plans);
        var decoded = Stopwatch.GetTimestamp();
        var turn = new Turn
        {
            Key = key, Now = now, Seed = 7, State = state, Rows = NoRows.Instance, Leases = Leases.None, Plans = _plans,
        };
        if (_grain.Handle(message, turn) is not TurnResult.Outcome { Changed: true } outcome)
            throw new InvalidOperationException($"The turn of {key} changed nothing.");
        var handled = Stopwatch.GetTimestamp();
        _encoded.ResetWrittenCount();
        _grain.Encode(state, _encoded);
        var bytes = _encoded.WrittenSpan.ToArray();
        Note(decoded - begun, handled - decoded, Stopwatch.GetTimestamp() - handled);
        return (outcome, bytes, state.Version);
    }

    private void Note(long decoding, long handling, long encoding)
    {
        // A turn that lost the processor to another program says nothing about turns.
        if (decoding + handling + encoding > Interrupted) return;
        _decoding += decoding;
        _handling += handling;
        _encoding += encoding;
        _turns++;
    }

    private double PerTurnUs(long ticks) => ticks * 1e6 / Stopwatch.Frequency / Math.Max(1, _turns);

    private sealed class NoRows : IRowReader
    {
        public static readonly NoRows Instance = new();

        public ReadOnlyMemory<byte>? Find(string row) => null;

        public IReadOnlyList<GrainRow> Range(string from, int limit) => [];
    }
}
