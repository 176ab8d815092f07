using DToC.Load.InProcess;
using DToC.Load.Peers;
using DToC.Load.Server;
using DToC.Load.Stored;
using DToC.Load.Traffic;

namespace DToC.Load;

/// <summary>One run of the driver.</summary>
internal static class LoadRun
{
    /// <returns>0, or 1 when some figure could not be measured, or a target was missed and that was to fail.</returns>
    public static async Task<int> RunAsync(LoadOptions options, TextWriter output, CancellationToken cancellation)
    {
        using var work = new WorkFolder();
        var figures = new Figures(options, output);
        MachineFacts.Print(figures, options, work.Path);
        var scene = new Scene(options, work);
        var inProcess = new InProcessFigures(scene, figures);
        await figures.MeasureAsync(CoreFigures.Names, () => CoreFigures.MeasureAsync(scene, figures));
        await figures.MeasureAsync(InProcessFigures.Names, () => inProcess.MeasureAsync(cancellation));
        var encrypted = new EncryptedFigures(scene, figures);
        await figures.MeasureAsync(EncryptedFigures.Names, () => encrypted.MeasureAsync(cancellation));
        var identified = new IdentifiedFigures(scene, figures);
        await figures.MeasureAsync(IdentifiedFigures.Names, () => identified.MeasureAsync(cancellation));
        var segments = new SegmentFigures(options, work, figures);
        await figures.MeasureAsync(SegmentFigures.Names, () => segments.MeasureAsync(cancellation));
        await new ServerFigures(scene, figures).MeasureAsync(cancellation);
        await figures.MeasureAsync(
            ResidentFigure.Names, () => ResidentFigure.MeasureAsync(scene, figures, cancellation));
        await new StoredFigures(scene, figures).MeasureAsync(cancellation);
        var peers = new PeerFigures(scene, figures);
        if (options.Peers) await figures.MeasureAsync(PeerFigures.Names, () => peers.MeasureAsync(cancellation));
        figures.Comment($"load average {MachineFacts.Load()} at the end");
        var areTargetsMet = figures.PrintTargets();
        return figures.AnyFailed || (options.Strict && !areTargetsMet) ? 1 : 0;
    }
}
