using DToC.Http.Console.Figures;
using DToC.Http.Console.Pages;

namespace DToC.Http.Console.Live;

/// <summary>A part of the operators' page that is sent anew when it has changed.</summary>
/// <param name="Name">Names it in the page and on the wire.</param>
/// <param name="Component">Draws it from a <see cref="FigureBoard"/>.</param>
/// <param name="Period">Changes when it is time to draw it again.</param>
internal sealed record Panel(string Name, Type Component, Func<FigureBoard, long> Period)
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Panel> All =
    [
        new("status", typeof(StatusPanel), EverySecond),
        new("tiles", typeof(TilesPanel), EverySecond),
        new("charts", typeof(ChartsPanel), EveryPoint),
        new("partitions", typeof(PartitionsPanel), EveryTwoSeconds),
        new("hottest", typeof(HottestPanel), EveryTwoSeconds),
        new("slowest", typeof(SlowestPanel), EveryTwoSeconds),
        new("subscribers", typeof(SubscribersPanel), EveryTwoSeconds),
        new("destinations", typeof(DestinationsPanel), EveryTwoSeconds),
        new("not-folded", typeof(NotFoldedPanel), EveryTwoSeconds),
        new("quarantine", typeof(QuarantinePanel), EveryTwoSeconds),
        new("answers", typeof(AnswersPanel), EveryTwoSeconds),
    ];

    private static long EverySecond(FigureBoard board) => board.At.UnixMs;

    private static long EveryTwoSeconds(FigureBoard board) => board.At.UnixMs / 2_000;

    private static long EveryPoint(FigureBoard board) => board.At.UnixMs / (board.Range.PointSeconds * 1_000L);
}
