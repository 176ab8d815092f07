using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Micro;

/// <summary>
/// The few figures a build is judged by, in seconds: medians of many short batches, so that a busy machine that
/// takes the processor away now and then does not move them. Each is per turn of the mix (four in five events
/// trigger nothing, one in five decides), so fold, features and scores, and decide add up to the whole.
/// </summary>
public static class QuickFigures
{
    private const int Batches = 1_500;
    private const double WarmUpSeconds = 1.5;

    /// <summary>Measures and prints <c>name: value</c> lines.</summary>
    public static void Print(TextWriter output)
    {
        var retail = new RetailCase();
        var loop = new TurnLoop(retail);
        Check(loop);
        var turns = loop.TurnsOfRound;
        Line("fold_score_decide_ns", MedianNs(loop.Reset, () => loop.Round()) / turns);
        Line("fold_score_decide_bytes", (double)Bytes(loop) / turns);
        Line("fold_ns", MedianNs(loop.Reset, loop.FoldRound) / turns);
        Line("features_scores_ns", MedianNs(loop.Reset, loop.ScoreRound) / turns);
        Line("decide_ns", MedianNs(loop.Reset, () => loop.DecideRound()) / turns);

        var plans = new PlanCatalog(retail.Plan);
        var state = retail.NewState();
        var buffer = new ArrayBufferWriter<byte>(16_384);
        StateCodec.Write(state, buffer);
        var stored = buffer.WrittenSpan.ToArray();
        Line("encode_ns", MedianNs(Nothing, () => Repeat(Encode)) / 32);
        Line("decode_ns", MedianNs(Nothing, () => Repeat(() => StateCodec.Read(stored, plans))) / 32);
        Line("state_bytes_50_events", stored.Length);

        void Encode()
        {
            buffer.ResetWrittenCount();
            StateCodec.Write(state, buffer);
        }

        void Line(string name, double value) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {value:0.##}"));
    }

    private static void Check(TurnLoop loop)
    {
        var (decisions, winners) = loop.Round();
        if (decisions * 5 != loop.TurnsOfRound || winners == 0)
        {
            throw new InvalidOperationException(
                $"{decisions} decisions, {winners} winners: not the mix the figures name.");
        }
    }

    private static long Bytes(TurnLoop loop)
    {
        loop.Reset();
        var before = GC.GetAllocatedBytesForCurrentThread();
        loop.Round();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static double MedianNs(Action before, Action batch)
    {
        var warm = Stopwatch.StartNew();
        while (warm.Elapsed.TotalSeconds < WarmUpSeconds) Run();
        var times = new double[Batches];
        for (var i = 0; i < Batches; i++) times[i] = Run();
        Array.Sort(times);
        return times[Batches / 2];

        double Run()
        {
            before();
            var start = Stopwatch.GetTimestamp();
            batch();
            return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        }
    }

    private static void Repeat(Action call)
    {
        for (var i = 0; i < 32; i++) call();
    }

    private static void Nothing()
    {
    }
}
