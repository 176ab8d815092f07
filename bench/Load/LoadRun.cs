using DToC.Load.InProcess;
using DToC.Load.Server;
using DToC.Load.Traffic;

namespace DToC.Load;

/// <summary>One run of the driver.</summary>
internal static class LoadRun
{
    /// <returns>0, or 1 when some figure could not be measured.</returns>
    public static async Task<int> RunAsync(LoadOptions options, TextWriter output, CancellationToken cancellation)
    {
        using var work = new WorkFolder();
        var figures = new Figures(options, output);
        MachineFacts.Print(figures, options);
        var scene = new Scene(options, work);
        var inProcess = new InProcessFigures(scene, figures);
        await figures.MeasureAsync(CoreFigures.Names, () => CoreFigures.MeasureAsync(scene, figures));
        await figures.MeasureAsync(InProcessFigures.Names, () => inProcess.MeasureAsync(cancellation));
        await new ServerFigures(scene, figures).MeasureAsync(inProcess.EventsPerSecond, cancellation);
        await figures.MeasureAsync(
            ResidentFigure.Names, () => ResidentFigure.MeasureAsync(scene, figures, cancellation));
        figures.Comment($"load average {MachineFacts.Load()} at the end");
        return figures.AnyFailed ? 1 : 0;
    }
}
