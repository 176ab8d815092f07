namespace DToC.Grains.Tests.Contract;

public sealed class DurationCountsTests
{
    [Fact]
    public void Buckets_follow_each_other_without_a_gap()
    {
        for (var bucket = 0; bucket < DurationCounts.Buckets; bucket++)
        {
            Assert.Equal(bucket, DurationCounts.BucketOf(DurationCounts.Begin(bucket)));
            var end = DurationCounts.Begin(bucket + 1);
            Assert.Equal(bucket, DurationCounts.BucketOf(end - 1));
            Assert.True(end <= DurationCounts.Begin(bucket) * 1.25 || bucket < 4);
        }
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(long.MaxValue, DurationCounts.Buckets - 1)]
    public void Duration_beyond_the_ends_falls_into_the_outermost_bucket(long microseconds, int bucket) =>
        Assert.Equal(bucket, DurationCounts.BucketOf(microseconds));

    [Theory]
    [InlineData(0.5, 0.005)]
    [InlineData(0.99, 0.0099)]
    [InlineData(1, 0.01)]
    public void Quantile_is_within_an_eighth_of_the_exact_one(double share, double seconds)
    {
        var counts = new long[DurationCounts.Buckets];
        for (var microseconds = 1; microseconds <= 10_000; microseconds++)
        {
            counts[DurationCounts.BucketOf(microseconds)]++;
        }
        var counted = new DurationCounts(counts, 50.005);
        Assert.Equal(10_000, counted.Count);
        Assert.NotNull(counted.Quantile(share));
        Assert.InRange(counted.Quantile(share)!.Value, seconds * 0.875, seconds * 1.125);
    }

    [Fact]
    public void Later_less_earlier_is_what_came_between()
    {
        var (before, between) = (Of(1_000, 8, 8_000), Of(8, 64));
        var after = before.And(between);
        var difference = after.Since(before);
        Assert.Equal(between.Counts, difference.Counts);
        Assert.Equal(between.SumSeconds, difference.SumSeconds, 9);
        Assert.Equal(after, after.Since(DurationCounts.None));
        Assert.Null(after.Since(after).Quantile(0.5));
        Assert.Null(DurationCounts.None.Quantile(0.99));
    }

    private static DurationCounts Of(params int[] microseconds)
    {
        var counts = new long[DurationCounts.Buckets];
        foreach (var duration in microseconds) counts[DurationCounts.BucketOf(duration)]++;
        return new DurationCounts(counts, microseconds.Sum() / 1e6);
    }
}
