using System.Buffers;
using DToC.Twin.State;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.State;

public class RecentEventsTests
{
    // Few times and few hashes, so that ties and duplicates are common.
    private static readonly Gen<(ulong Hash, long TimeMs)> Events =
        from hash in Gen.Choose(1, 60)
        from time in Gen.Choose(0, 40)
        select ((ulong)hash, (long)time);

    [Fact]
    public void Recent_events_equal_a_sorted_list_that_keeps_its_newest()
    {
        Prop.ForAll(Arb.From(Gen.ArrayOf(Events, 120)), events =>
        {
            var (recent, model) = (new RecentEvents(), new Model());
            foreach (var (hash, time) in events)
            {
                Assert.Equal(model.Check(hash, time), recent.Check(hash, new Instant(time)));
                if (model.Check(hash, time) == RecentEvents.Standing.Duplicate) continue;
                recent.Add(hash, new Instant(time));
                model.Add(hash, time);
                Assert.Equal((model.Count, model.NewestForgotten), (recent.Count, recent.NewestForgottenMs));
            }
            for (var hash = 0UL; hash <= 61; hash++)
            {
                Assert.Equal(model.Check(hash, 20), recent.Check(hash, new Instant(20)));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Order_of_arrival_does_not_matter()
    {
        Prop.ForAll(Arb.From(Gen.ArrayOf(Events, 80)), Arb.From(Gen.Choose(0, int.MaxValue)), (events, seed) =>
        {
            var distinct = events.DistinctBy(e => e.Hash).ToArray();
            var shuffled = distinct.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Bytes(Of(distinct)), Bytes(Of(shuffled)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Merging_equals_adding_all()
    {
        Prop.ForAll(Arb.From(Gen.ArrayOf(Events, 80)), events =>
        {
            var distinct = events.DistinctBy(e => e.Hash).ToArray();
            var half = distinct.Length / 2;
            var merged = Of(distinct[..half]);
            merged.Merge(Of(distinct[half..]));
            Assert.Equal(Bytes(Of(distinct)), Bytes(merged));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Cleared_events_are_forgotten()
    {
        var recent = Of([(1, 5), (2, 6)]);
        recent.Clear();
        Assert.Equal(RecentEvents.Standing.New, recent.Check(1, new Instant(5)));
        Assert.Equal((0, long.MinValue), (recent.Count, recent.NewestForgottenMs));
    }

    private static RecentEvents Of(IEnumerable<(ulong Hash, long TimeMs)> events)
    {
        var recent = new RecentEvents();
        foreach (var (hash, time) in events) recent.Add(hash, new Instant(time));
        return recent;
    }

    private static byte[] Bytes(RecentEvents recent)
    {
        var buffer = new ArrayBufferWriter<byte>();
        recent.Write(new BinaryFormWriter(buffer));
        var reader = new BinaryFormReader(buffer.WrittenSpan);
        var back = new RecentEvents();
        back.Read(ref reader);
        Assert.True(reader.AtEnd);
        Assert.Equal((recent.Count, recent.NewestForgottenMs), (back.Count, back.NewestForgottenMs));
        return buffer.WrittenSpan.ToArray();
    }

    private sealed class Model
    {
        private readonly SortedSet<(long TimeMs, ulong Hash)> _kept = [];

        public int Count => _kept.Count;
        public long NewestForgotten { get; private set; } = long.MinValue;

        public RecentEvents.Standing Check(ulong hash, long timeMs) =>
            _kept.Any(e => e.Hash == hash) ? RecentEvents.Standing.Duplicate
            : timeMs > NewestForgotten ? RecentEvents.Standing.New
            : RecentEvents.Standing.Unknown;

        public void Add(ulong hash, long timeMs)
        {
            _kept.Add((timeMs, hash));
            if (_kept.Count <= RecentEvents.Capacity) return;
            NewestForgotten = Math.Max(NewestForgotten, _kept.Min.TimeMs);
            _kept.Remove(_kept.Min);
        }
    }
}
