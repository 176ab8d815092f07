using System.Diagnostics;
using DToC.Load.Traffic;
using DToC.Micro;

namespace DToC.Load.InProcess;

/// <summary>A turn's fold, score and decide in memory, as the micro-benchmarks run it.</summary>
internal static class CoreFigures
{
    public static readonly string[] Names = ["fold_score_decide_ns", "fold_score_decide_bytes"];

    private const int Batches = 1_001;

    public static Task MeasureAsync(Scene scene, Figures figures)
    {
        var loop = new TurnLoop(new RetailCase(scene.Plan.Source));
        var warm = Stopwatch.StartNew();
        while (warm.Elapsed.TotalSeconds < 1)
        {
            loop.Reset();
            loop.Round();
        }
        var times = new double[Batches];
        for (var i = 0; i < Batches; i++)
        {
            loop.Reset();
            var begun = Stopwatch.GetTimestamp();
            loop.Round();
            times[i] = Stopwatch.GetElapsedTime(begun).TotalNanoseconds / loop.TurnsOfRound;
        }
        loop.Reset();
        var before = GC.GetAllocatedBytesForCurrentThread();
        loop.Round();
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        figures.Print("fold_score_decide_ns", Figures.Median(times));
        figures.Print("fold_score_decide_bytes", bytes / (double)loop.TurnsOfRound);
        return Task.CompletedTask;
    }
}
