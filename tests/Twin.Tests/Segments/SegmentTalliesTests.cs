using DToC.Twin.Draws;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.State;

namespace DToC.Twin.Tests.Segments;

public class SegmentTalliesTests
{
    private static readonly SegmentationPlan Segmentation = Lab.Plan.Segmentation;

    [Fact]
    public void Standing_survives_its_stored_form()
    {
        var (state, standing) = Customer(Lab.Plan, orders: 2, total: 80);
        Lab.Look(standing, state, Lab.Start.PlusMs(10 * Instant.DayMs)); // asleep: it has left a segment
        standing.AddFlow(new StageFlow(0, 1, IsIdle: false, 3, 1_234));
        standing.WakeAt = Lab.Start.PlusMs(77);
        var stored = Lab.Stored(standing, state);

        var read = new SegmentStanding(Segmentation);
        SegmentForm.Read(Lab.ShareOf(stored), read);

        Assert.Equal(stored, Lab.Stored(read, state));
        Assert.True(standing.Members.Equals(read.Members));
        Assert.Equal(standing.Since[0], read.Since[0]);
        Assert.Equal(standing.Moves, read.Moves);
        Assert.Equal(standing.Values, read.Values);
        Assert.Equal(standing.WakeAt, read.WakeAt);
        Assert.Equal(standing.Flows, read.Flows);
    }

    [Fact]
    public void Time_of_an_entry_is_kept_when_its_move_has_fallen_out()
    {
        var (state, standing) = Customer(Lab.Plan, orders: 1, total: 5);
        for (var i = 1; i <= 2 * SegmentStanding.MaxMoves; i++)
            standing.Set(1, isIn: i % 2 == 1, Lab.Start.PlusMs(i * 1_000));
        Assert.DoesNotContain(standing.Moves, move => move.Segment == 0);

        var read = new SegmentStanding(Segmentation);
        SegmentForm.Read(Lab.ShareOf(Lab.Stored(standing, state)), read);

        Assert.Equal(Lab.Start.UnixMs, read.Since[0]);
        Assert.Equal(SegmentStanding.MaxMoves, read.Entries[1]);
    }

    [Fact]
    public void Leaving_takes_away_what_entering_gave()
    {
        var tallies = new SegmentTallies(Lab.Plan);
        var (state, standing) = Customer(Lab.Plan, orders: 3, total: 70);
        var first = Lab.Stored(standing, state);
        Lab.Fold(state, "Bought", Lab.Start.PlusMs(5_000), 30);
        Lab.Look(standing, state, Lab.Start.PlusMs(9_000));
        var second = Lab.Stored(standing, state);

        tallies.Apply("a", default, Lab.ShareOf(first));
        tallies.Apply("a", Lab.ShareOf(first), Lab.ShareOf(second));
        Assert.Equal(240, Measure(tallies.OfSegment(1), "spend").Sum);
        tallies.Apply("a", Lab.ShareOf(second), default);

        var empty = tallies.OfEverybody(0);
        Assert.Equal(0, empty.Size);
        Assert.All(empty.Measures, measure => Assert.Equal((0, Int128.Zero, Int128.Zero, 0),
            (measure.Count, measure.SumOfUnits, measure.SquaresOfUnits, measure.Histogram().Count)));
        Assert.Empty(tallies.SampleOfEverybody());
        Assert.Equal(0, tallies.Moves(1, Lab.Start.PlusMs(10_000)).Entries);
    }

    [Fact]
    public void Segment_is_not_joined_without_a_basis_for_its_purpose()
    {
        var (_, without) = Customer(Lab.Plan, orders: 1, total: 5);
        var (_, with) = Customer(Lab.Plan, orders: 1, total: 5, isConsented: true);

        Assert.False(without.Members.Has(Segmentation.Find("offered")));
        Assert.True(with.Members.Has(Segmentation.Find("offered")));
    }

    [Fact]
    public void Value_that_may_not_serve_the_purpose_is_withheld()
    {
        var tallies = Tally(Lab.Plan, [Customer(Lab.Plan, 1, 5), Customer(Lab.Plan, 1, 7, isConsented: true)]);

        var spend = Measure(tallies.OfEverybody(1), "spend");
        Assert.Equal((1, 1, 7.0), (spend.Count, spend.Withheld, spend.Sum));
        // Views have no basis for marketing at all.
        Assert.Equal(2, Measure(tallies.OfEverybody(1), "seen").Withheld);
        Assert.Equal(12, Measure(tallies.OfEverybody(0), "spend").Sum);
    }

    [Fact]
    public void Sets_are_made_of_segments()
    {
        var tallies = Tally(
            Lab.Plan, [Customer(Lab.Plan, 1, 5), Customer(Lab.Plan, 1, 500), Customer(Lab.Plan, 0, 0)]);

        Assert.Equal(1, tallies.Overlap(0, 1));
        Assert.Equal(1, tallies.OfSet(0, members => members.Has(0) && !members.Has(1))!.Size);
        Assert.Equal(1, tallies.OfSet(0, members => !members.Has(0))!.Size);
        Assert.Equal(3, tallies.OfEverybody(0).Size);
    }

    [Fact]
    public void Shards_add_to_what_one_would_be()
    {
        List<(CustomerState, SegmentStanding)> customers = [];
        for (var i = 0; i < 300; i++) customers.Add(Customer(Lab.Plan, i % 4, 10 + i * 7 % 90, i % 3 == 0));
        var one = Tally(Lab.Plan, customers);
        var all = new SegmentTallies(Lab.Plan);
        all.Add(Tally(Lab.Plan, customers[..100]));
        all.Add(Tally(Lab.Plan, customers[100..], first: 100));

        for (var segment = 0; segment < Segmentation.Segments.Count; segment++)
        {
            AssertSame(one.OfSegment(segment), all.OfSegment(segment));
            Assert.Equal(one.Sample(segment), all.Sample(segment));
        }
        Assert.Equal(one.SampleOfEverybody(), all.SampleOfEverybody());
        Assert.Equal(SegmentTallies.SampleSize, all.SampleOfEverybody().Count);
    }

    [Fact]
    public void Combinations_beyond_the_limit_are_tallied_segment_by_segment()
    {
        // Twelve bits of the order count: 4,096 combinations.
        const int Bits = 12;
        var plan = Lab.Compile(string.Join(',', Enumerable.Range(0, Bits).Select(bit =>
            $$"""  "b{{bit}}": { "purpose": "analytics", "rule": "spend % {{2 << bit}} >= {{1 << bit}}" }  """)));
        var customers = Enumerable.Range(1, 3_000).Select(total => Customer(plan, 1, total)).ToList();
        var tallies = Tally(plan, customers);

        Assert.Null(tallies.OfSet(0, static _ => true));
        Assert.Equal(3_000, tallies.OfEverybody(0).Size);
        Assert.Equal(3_000L * 3_001 / 2, Measure(tallies.OfEverybody(0), "spend").Sum);
        for (var bit = 0; bit < Bits; bit++)
        {
            var members = Enumerable.Range(1, 3_000).Where(total => (total >> bit & 1) == 1).ToList();
            Assert.Equal(members.Sum(), Measure(tallies.OfSegment(bit), "spend").Sum);
            Assert.Equal(members.Count, tallies.Overlap(bit, bit));
            Assert.Equal(members.Count(total => (total & 1) == 1), tallies.Overlap(0, bit));
        }
        for (var i = 0; i < customers.Count; i++)
        {
            var stored = Lab.Stored(customers[i].Standing, customers[i].State);
            tallies.Apply($"c{i}", Lab.ShareOf(stored), default);
        }
        Assert.Equal(0, tallies.OfEverybody(0).Size);
        Assert.Equal(0, tallies.Overlap(3, 5));
    }

    [Fact]
    public void Sample_is_the_same_whatever_came_and_went()
    {
        var (state, standing) = Customer(Lab.Plan, 1, 5);
        var stored = Lab.Stored(standing, state);
        var (short_, long_) = (new SegmentTallies(Lab.Plan), new SegmentTallies(Lab.Plan));
        for (var i = 0; i < 5_000; i++) long_.Apply($"c{i}", default, Lab.ShareOf(stored));
        for (var i = 0; i < 2_000; i++) long_.Apply($"c{i}", Lab.ShareOf(stored), default);
        for (var i = 2_000; i < 5_000; i++) short_.Apply($"c{i}", default, Lab.ShareOf(stored));
        Assert.False(long_.WantsRecount);
        Assert.Equal(short_.SampleOfEverybody(), long_.SampleOfEverybody());

        for (var i = 2_000; i < 4_500; i++) long_.Apply($"c{i}", Lab.ShareOf(stored), default);

        Assert.True(long_.WantsRecount);
    }

    [Fact]
    public void Moves_are_shown_by_hour_and_day()
    {
        var (state, standing) = Customer(Lab.Plan, 1, 500);
        standing.Set(1, isIn: false, Lab.Start.PlusMs(Instant.DayMs));
        standing.Set(1, isIn: true, Lab.Start.PlusMs(Instant.DayMs + Instant.HourMs));
        var tallies = Tally(Lab.Plan, [(state, standing)]);

        var moves = tallies.Moves(1, Lab.Start.PlusMs(Instant.DayMs + 2 * Instant.HourMs));

        Assert.Equal((2, 1), (moves.Entries, moves.Exits));
        Assert.Equal([(1L, 0L), (1, 1)], moves.ByDay.TakeLast(2).Select(day => (day.Entries, day.Exits)));
        Assert.Equal(
            [(0L, 1L), (1, 0), (0, 0)], moves.ByHour.TakeLast(3).Select(hour => (hour.Entries, hour.Exits)));
    }

    [Fact]
    public void Standing_moves_to_another_definition_by_name()
    {
        var (state, standing) = Customer(Lab.Plan, 2, 300);
        standing.AddFlow(new StageFlow(1, 2, IsIdle: true, 2, 99));
        var other = Lab.Compile("""
            "other": { "purpose": "analytics", "rule": "orders > 5" },
            "big": { "purpose": "analytics", "rule": "spend > 100" }
            """);
        var moved = new SegmentStanding(other.Segmentation);

        moved.MigrateFrom(standing, state.Plan.Fold.Journey.Stages, other.Fold.Journey.Stages);

        Assert.True(moved.Members.Has(1));
        Assert.Equal((standing.Since[1], 1L), (moved.Since[1], moved.Entries[1]));
        Assert.Equal(1, Assert.Single(moved.Moves).Segment);
        Assert.Equal(99, Assert.Single(moved.Flows).StayedMs);
        Assert.False(moved.IsEvaluated);
    }

    [Fact]
    public void What_rests_on_a_forgotten_category_is_forgotten()
    {
        var (_, standing) = Customer(Lab.Plan, 2, 300);
        standing.AddFlow(new StageFlow(0, 1, IsIdle: false, 1, 0));
        Assert.NotEmpty(standing.Moves);

        standing.Forget(Lab.Plan.Consent.MaskOf(["orders"]), Lab.Plan.Vector);

        Assert.False(standing.Members.Has(0));
        Assert.All(standing.Entries, entries => Assert.Equal(0, entries));
        Assert.Empty(standing.Flows);
        Assert.Empty(standing.Moves);
    }

    [Fact]
    public void Journey_of_a_customer_is_noted_with_the_stages_that_gave_way()
    {
        var standing = new SegmentStanding(Segmentation);
        var journey = Lab.Plan.Fold.Journey;
        var (active, asleep) = (journey.Stages.ToList().IndexOf("active"), journey.Stages.ToList().IndexOf("asleep"));
        var start = Lab.Start.UnixMs;
        const long Idle = 3 * Instant.DayMs;

        SegmentEvaluation.NoteMove(
            standing, journey, [active, start, start], [active, start + 2 * Idle, start + 2 * Idle], start + 2 * Idle);

        Assert.Equal(
            [new StageFlow(active, asleep, true, 1, Idle), new StageFlow(asleep, active, false, 1, Idle)],
            standing.Flows);
    }

    [Fact]
    public void Looking_allocates_nothing()
    {
        var (state, standing) = Customer(Lab.Plan, 2, 80);
        var vectors = new Features.Vectors(Lab.Plan);
        var now = Lab.Start;
        Allocation.IsNone(() =>
        {
            now = now.PlusMs(60_000);
            Features.FeatureReader.Fill(vectors, state, now);
            Features.Scorer.ScoreAll(vectors);
            SegmentEvaluation.Evaluate(standing, state, vectors, now);
            _ = SegmentEvaluation.NextChange(Segmentation, state, now);
        });
    }

    [Fact]
    public void Quantiles_are_within_the_stated_error()
    {
        var random = new Xoshiro256(5);
        var counts = new long[QuantileSketch.Buckets];
        var values = new long[20_000];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (long)Math.Round(Math.Exp(random.Gamma(2, 1)) * 100) * (i % 5 == 0 ? -1 : 1);
            counts[QuantileSketch.BucketOf(values[i])]++;
        }
        Array.Sort(values);
        for (var q = 0.0; q <= 1; q += 0.01)
        {
            var exact = values[(int)Math.Floor(q * (values.Length - 1))];
            var said = QuantileSketch.Quantile(counts, q);
            Assert.True(Math.Abs(said - exact) <= 0.010_000_1 * Math.Abs(exact), $"{q}: {exact}, not {said}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(MeasurePlan.Largest)]
    [InlineData(-MeasurePlan.Largest)]
    public void Bucket_of_an_end_stands_for_it(long value) =>
        Assert.Equal(value, QuantileSketch.ValueOf(QuantileSketch.BucketOf(value)), Math.Abs(value) * 0.010_000_1);

    [Fact]
    public void Variance_of_large_values_loses_nothing()
    {
        var tallies = Tally(Lab.Plan, [Customer(Lab.Plan, 1, 1_000_000), Customer(Lab.Plan, 1, 1_000_002)]);

        Assert.Equal(2, Measure(tallies.OfSegment(0), "spend").Variance, 1e-9);
    }

    private static (CustomerState State, SegmentStanding Standing) Customer(
        TwinPlan plan, int orders, int total, bool isConsented = false)
    {
        var state = new CustomerState(plan);
        if (isConsented)
            state.Consents[1] = new ConsentRecord(ConsentStatus.Granted, Lab.Start, "web");
        for (var i = 0; i < orders; i++) Lab.Fold(state, "Bought", Lab.Start.PlusMs(i), total);
        var standing = new SegmentStanding(plan.Segmentation);
        Lab.Look(standing, state, Lab.Start);
        return (state, standing);
    }

    private static SegmentTallies Tally(
        TwinPlan plan, IEnumerable<(CustomerState State, SegmentStanding Standing)> customers, int first = 0)
    {
        var tallies = new SegmentTallies(plan);
        var i = first;
        foreach (var (state, standing) in customers)
            tallies.Apply($"c{i++}", default, Lab.ShareOf(Lab.Stored(standing, state)));
        return tallies;
    }

    private static MeasureTally Measure(SegmentTally tally, string name) =>
        tally.Measures[tally.Plan.Segmentation.FindMeasure(name)];

    private static void AssertSame(SegmentTally one, SegmentTally other)
    {
        Assert.Equal(one.Size, other.Size);
        Assert.Equal(one.Stages, other.Stages);
        foreach (var (a, b) in one.Measures.Zip(other.Measures))
        {
            Assert.Equal((a.Count, a.Missing, a.SumOfUnits), (b.Count, b.Missing, b.SumOfUnits));
            Assert.Equal(a.SquaresOfUnits, b.SquaresOfUnits);
            Assert.Equal(a.Histogram(), b.Histogram());
        }
    }
}
