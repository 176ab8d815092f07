using DToC.Grains;
using DToC.Http.Console.Figures;
using DToC.Twin;

namespace DToC.Http.Tests.Console;

public sealed class FigureTests
{
    private static readonly Instant Start = new(1_750_000_000_000);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(7, "7")]
    [InlineData(4.2, "4.20")]
    [InlineData(123.4, "123")]
    [InlineData(999.6, "1.00 k")]
    [InlineData(12_345, "12.3 k")]
    [InlineData(999_950, "1.00 M")]
    public void Amounts_have_three_digits_and_a_unit(double value, string text) =>
        Assert.Equal(text, Plain(Readable.Amount(value)));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.000042, "42.0 µs")]
    [InlineData(0.0042, "4.20 ms")]
    [InlineData(0.9996, "1.00 s")]
    [InlineData(12.34, "12.3 s")]
    public void Durations_have_the_unit_that_suits_them(double? seconds, string text) =>
        Assert.Equal(text, Plain(Readable.Duration(seconds)));

    [Theory]
    [InlineData(512, "512 B")]
    [InlineData(1_100_000_000, "1.10 GB")]
    [InlineData(999_999, "1.00 MB")]
    public void Bytes_are_decimal(double bytes, string text) => Assert.Equal(text, Plain(Readable.Bytes(bytes)));

    [Theory]
    [InlineData(42, "42 s")]
    [InlineData(720, "12 min")]
    [InlineData(11_100, "3 h 05 min")]
    [InlineData(352_800, "4 d 2 h")]
    public void Spans_name_their_two_largest_units(int seconds, string text) =>
        Assert.Equal(text, Plain(Readable.Span(Start, Start.PlusMs(seconds * 1000L))));

    [Fact]
    public void Ring_keeps_the_newest_in_order()
    {
        var ring = new FigureRing();
        for (var second = 1; second <= FigureRing.Capacity + 50; second++) ring.Add(Sample(second, 0));
        var kept = ring.After(Start);
        Assert.Equal(FigureRing.Capacity, kept.Count);
        Assert.Equal(Start.PlusMs(51_000), kept[0].At);
        Assert.Equal([FigureRing.Capacity + 49, FigureRing.Capacity + 50],
            ring.After(kept[^3].At).Select(sample => (int)(sample.At.UnixMs - Start.UnixMs) / 1000));
    }

    [Fact]
    public void Line_gathers_samples_into_points_and_leaves_gaps()
    {
        // Points of three seconds begin at whole multiples of three.
        var board = Board(at: 12, [Sample(1, 5), Sample(2, 7), Sample(9, 10), Sample(10, 20), Sample(12, 4)]);
        var line = ChartLine.Rate(board, "accepted", "a", sample => sample.Accepted);
        Assert.Equal(TimeRange.Short.Points, line.Values.Count);
        var first = Start.UnixMs / 3000;
        var newest = board.At.UnixMs / 3000;
        var expected = board.Samples.GroupBy(sample => sample.At.UnixMs / 3000).ToDictionary(
            point => point.Key, point => (double?)point.Average(sample => sample.Accepted));
        for (var point = first; point <= newest; point++)
        {
            Assert.Equal(expected.GetValueOrDefault(point), line.Values[^(int)(newest - point + 1)]);
        }
        Assert.Equal(4, line.Last);
    }

    [Fact]
    public void Path_is_interrupted_where_nothing_was_measured()
    {
        var line = new ChartLine("x", "a", [null, 0, 10, null, 5]);
        Assert.Equal("M150 100L300 0M600 50h2", line.Path(top: 10));
        Assert.Equal("M150 100L300 0L300 100L150 100ZM600 50h2L600 100L600 100Z", line.Area(top: 10));
        Assert.Equal("", new ChartLine("x", "a", [null, null]).Path(top: 1));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.01, 2)]
    [InlineData(87, 100)]
    [InlineData(4_100, 5_000)]
    public void Top_of_a_chart_is_the_next_round_number(double highest, double top) =>
        Assert.Equal(top, ChartLine.Top([new ChartLine("x", "a", [null, highest])], least: 1), 9);

    [Fact]
    public void Figures_of_now_look_back_ten_seconds()
    {
        var board = Board(at: 30, [.. Enumerable.Range(1, 30).Select(second => Sample(second, second <= 20 ? 99 : 3))]);
        Assert.Equal(3, board.PerSecond(sample => sample.Accepted));
    }

    private static string Plain(string text) => text.Replace('\u202f', ' ');

    private static FigureSample Sample(int second, long accepted) => new()
    {
        At = Start.PlusMs(second * 1000L), Seconds = 1, Accepted = accepted, NotFolded = 0, Turns = 0, Commits = 0,
        Errors = 0, Activated = 0, Evicted = 0, TurnTimes = DurationCounts.None, AnswerTimes = DurationCounts.None,
        CommitTimes = DurationCounts.None, Queue = 0, PendingEffects = 0, ResidentBytes = 0, HeapBytes = 0, Cores = 0,
    };

    private static FigureBoard Board(int at, IReadOnlyList<FigureSample> samples)
    {
        var counts = new FigureCounts(
            Start.PlusMs(at * 1000L), new ApiCounts([0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], 0, 0),
            new HostStatus { Ready = true, Partitions = [] });
        return new FigureBoard
        {
            Counts = counts, Before = counts, Samples = samples, Range = TimeRange.Short, NotFolded = [], Viewers = 0,
            Plan = DToC.Api.ChosenDefinition.Load("retail").Plan!,
        };
    }
}
