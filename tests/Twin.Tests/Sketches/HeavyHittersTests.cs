using System.Text;
using DToC.Twin.Sketches;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Sketches;

public class HeavyHittersTests
{
    [Fact]
    public void Few_values_are_counted_exactly()
    {
        var sketch = new Slots(4).View();
        foreach (var word in "a b a c a b".Split(' ')) Add(sketch, word);
        Assert.Equal(["a 3-0", "b 2-0", "c 1-0"], Top(sketch, 4));
        Assert.Equal(["a 3-0", "b 2-0"], Top(sketch, 2));
        Assert.Empty(Top(sketch, 0));
        Assert.Equal(3, sketch.Used);
    }

    [Fact]
    public void Newcomer_takes_the_lowest_slot_of_the_lowest_count_and_inherits_it()
    {
        var slots = new Slots(3);
        var sketch = slots.View();
        foreach (var word in "a a b c d".Split(' ')) Add(sketch, word);
        Assert.Equal("d", Encoding.UTF8.GetString(sketch.Token(1)));
        Assert.Equal((2, 1), (sketch.Count(1), sketch.Error(1)));
        Assert.Equal("c", Encoding.UTF8.GetString(sketch.Token(2)));
    }

    [Fact]
    public void Bounds_hold_for_any_stream()
    {
        var streams = Gen.Choose(0, 200).Select(i => i * i / 1_000).ListOf().Resize(600).ToArbitrary();
        Prop.ForAll(streams, stream =>
        {
            const int k = 8;
            var sketch = new Slots(k).View();
            foreach (var item in stream) sketch.Add(StableHash.Of($"{item}"), [], 1 + item % 3);
            var truth = stream.GroupBy(item => StableHash.Of($"{item}"))
                .ToDictionary(group => group.Key, group => group.Sum(item => 1L + item % 3));
            var total = truth.Values.Sum();
            var (counted, missing) = (0L, truth.Where(pair => pair.Value * k > total).ToDictionary());
            for (var slot = 0; slot < sketch.Used; slot++)
            {
                var weight = truth[sketch.Hash(slot)];
                var (count, error) = (sketch.Count(slot), sketch.Error(slot));
                if (count < weight || count - error > weight || error * k > total) return false;
                counted += count;
                missing.Remove(sketch.Hash(slot));
            }
            return counted == total && missing.Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    [Fact]
    public void Top_is_in_descending_count_then_ascending_hash()
    {
        var sketch = new Slots(6).View();
        foreach (var (hash, weight) in new[] { (9UL, 5), (2UL, 7), (4UL, 5), (1UL, 1), (0UL, 5) })
            sketch.Add(hash, [], weight);
        Span<int> slots = stackalloc int[6];
        Assert.Equal(5, sketch.TopInto(slots));
        var hashes = new List<ulong>();
        foreach (var slot in slots[..5]) hashes.Add(sketch.Hash(slot));
        Assert.Equal([2, 0, 4, 9, 1], hashes);
        Assert.Equal(2, sketch.TopInto(slots[..2]));
        Assert.Equal((2UL, 0UL), (sketch.Hash(slots[0]), sketch.Hash(slots[1])));
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("exactly twenty-three by", "exactly twenty-three by")]
    [InlineData("one byte more than the 23", "one byte more than the ")]
    [InlineData("twenty-two bytes long, é", "twenty-two bytes long, ")] // é would be bytes 24 and 25
    [InlineData("twenty-two bytes long:é", "twenty-two bytes long:")] // é would be bytes 23 and 24
    [InlineData("twenty bytes in all:😀", "twenty bytes in all:")] // an emoji is four bytes, 21 to 24
    public void Long_token_is_cut_between_characters(string token, string expected)
    {
        var sketch = new Slots(2).View();
        Add(sketch, token);
        Assert.Equal(expected, Encoding.UTF8.GetString(sketch.Token(0)));
    }

    [Fact]
    public void Long_tokens_that_differ_late_are_told_apart()
    {
        var sketch = new Slots(2).View();
        Add(sketch, "a very long product name, red");
        Add(sketch, "a very long product name, blue");
        Assert.Equal(2, sketch.Used);
    }

    [Fact]
    public void Shorter_newcomer_leaves_no_byte_of_its_predecessor()
    {
        var slots = new Slots(1);
        Add(slots.View(), "a secret word");
        Add(slots.View(), "b");
        Assert.Equal(new byte[] { 1, (byte)'b' }, slots.Tokens[..2]);
        Assert.All(slots.Tokens[2..], one => Assert.Equal(0, one));
    }

    [Fact]
    public void Weight_below_one_is_refused_and_huge_weight_saturates()
    {
        var sketch = new Slots(1).View();
        Assert.False(sketch.Add(1, [], 0));
        Assert.False(sketch.Add(1, [], -5));
        Assert.Equal(0, sketch.Used);
        Assert.True(sketch.Add(1, [], long.MaxValue));
        Assert.True(sketch.Add(1, [], long.MaxValue));
        Assert.Equal(long.MaxValue, sketch.Count(0));
    }

    [Fact]
    public void Spans_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => View(hashes: 2, counts: 1, bytes: 48));
        Assert.Throws<ArgumentException>(() => View(hashes: 2, counts: 2, bytes: 40));
        Assert.Throws<ArgumentException>(() => View(hashes: 0, counts: 0, bytes: 0));
        Assert.Throws<ArgumentException>(() => View(hashes: 2, counts: 2, bytes: 2, stride: 1));
        Assert.Equal(2, View(hashes: 2, counts: 2, bytes: 20, stride: 10));

        static int View(int hashes, int counts, int bytes, int stride = HeavyHitters.DefaultStride) =>
            new HeavyHitters(
                new ulong[hashes], new long[counts], new long[hashes], new byte[bytes], stride).Capacity;
    }

    [Fact]
    public void Adding_and_listing_allocate_nothing()
    {
        var (slots, top, token, n) = (new Slots(8), new int[4], "token"u8.ToArray(), 0UL);
        Allocation.IsNone(() =>
        {
            var sketch = slots.View();
            sketch.Add(n++ % 20, token, 1);
            sketch.TopInto(top);
        });
        Assert.Equal(1_100UL, n);
    }

    private static void Add(HeavyHitters sketch, string word) =>
        sketch.Add(StableHash.Of(word), Encoding.UTF8.GetBytes(word), 1);

    private static List<string> Top(HeavyHitters sketch, int count)
    {
        var slots = new int[count];
        var lines = new List<string>();
        foreach (var slot in slots.AsSpan(0, sketch.TopInto(slots)))
        {
            var token = Encoding.UTF8.GetString(sketch.Token(slot));
            lines.Add($"{token} {sketch.Count(slot)}-{sketch.Error(slot)}");
        }
        return lines;
    }

    private sealed class Slots(int k)
    {
        private readonly ulong[] hashes = new ulong[k];
        private readonly long[] counts = new long[k];
        private readonly long[] errors = new long[k];

        public byte[] Tokens { get; } = new byte[k * HeavyHitters.DefaultStride];

        public HeavyHitters View() => new(hashes, counts, errors, Tokens);
    }
}
