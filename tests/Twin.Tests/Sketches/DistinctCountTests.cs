using DToC.Twin.Sketches;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace DToC.Twin.Tests.Sketches;

public class DistinctCountTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(256)]
    [InlineData(4_096)]
    public void Estimate_errs_by_the_stated_standard_error_and_is_unbiased(int registerCount)
    {
        const int trials = 200;
        // Classic HyperLogLog switches estimators, and errs, at 2.5.
        foreach (var share in new[] { 0.5, 2, 3, 5, 20 })
        {
            var count = (int)(share * registerCount);
            var (sum, squares) = (0.0, 0.0);
            for (var trial = 0; trial < trials; trial++)
            {
                var error = Estimate(registerCount, count, (ulong)trial) / count - 1;
                sum += error;
                squares += error * error;
            }
            var (bias, spread) = (sum / trials, Math.Sqrt(squares / trials));
            var stated = DistinctCount.StandardError(registerCount);
            output.WriteLine(
                $"m {registerCount}, n {count}: bias {bias:P2}, error {spread:P2}, stated {stated:P2}");
            // The sample's own error: spread +- 5%, bias +- stated / sqrt(200). Four and more of each.
            Assert.InRange(spread, 0, stated * 1.2);
            Assert.InRange(bias, -0.3 * stated, 0.3 * stated);
        }
    }

    [Fact]
    public void Few_values_are_counted_nearly_exactly()
    {
        var registers = new byte[4_096];
        Assert.Equal(0, DistinctCount.Estimate(registers));
        for (var n = 1; n <= 30; n++)
        {
            DistinctCount.Add(registers, StableHash.Of($"value {n}"));
            Assert.Equal(n, DistinctCount.Estimate(registers), 0.6);
        }
    }

    [Fact]
    public void Million_values_stay_within_four_standard_errors() =>
        Assert.InRange(Estimate(1_024, 1_000_000, seed: 7) / 1e6 - 1, -0.13, 0.13);

    [Fact]
    public void Repeats_change_nothing()
    {
        var registers = new byte[64];
        for (var n = 0; n < 500; n++) DistinctCount.Add(registers, StableHash.Of($"{n}"));
        for (var n = 0; n < 500; n++) Assert.False(DistinctCount.Add(registers, StableHash.Of($"{n}")));
    }

    [Fact]
    public void Merge_equals_the_sketch_of_both_in_any_order() => Prop.ForAll((ulong[] left, ulong[] right) =>
    {
        var (a, b, both) = (new byte[16], new byte[16], new byte[16]);
        foreach (var hash in left) DistinctCount.Add(a, hash);
        foreach (var hash in right) DistinctCount.Add(b, hash);
        foreach (var hash in right.Concat(left).Reverse()) DistinctCount.Add(both, hash);
        DistinctCount.Merge(a, b);
        return a.AsSpan().SequenceEqual(both);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Extreme_hashes_and_full_registers_give_an_estimate()
    {
        var registers = new byte[16];
        for (var index = 0UL; index < 16; index++) DistinctCount.Add(registers, index << 60);
        Assert.All(registers, rank => Assert.Equal(61, rank));
        Assert.True(DistinctCount.Estimate(registers) > 1e18);
        DistinctCount.Add(registers, ulong.MaxValue);
        Assert.Equal(61, registers[15]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(48)]
    [InlineData(8_192)]
    public void Impossible_register_counts_are_refused(int count)
    {
        Assert.Throws<ArgumentException>(() => DistinctCount.Add(new byte[count], 1));
        Assert.Throws<ArgumentException>(() => DistinctCount.Estimate(new byte[count]));
        Assert.Throws<ArgumentException>(() => DistinctCount.Merge(new byte[16], new byte[32]));
        Assert.Throws<ArgumentException>(() => DistinctCount.Estimate([255, .. new byte[15]]));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var (registers, other, hash, sink) = (new byte[256], new byte[256], 1UL, 0.0);
        Allocation.IsNone(() =>
        {
            DistinctCount.Add(registers, hash = StableHash.Combine(hash, 3));
            DistinctCount.Merge(other, registers);
            sink += DistinctCount.Estimate(other);
        });
        Assert.True(sink > 0);
    }

    private static double Estimate(int registerCount, int count, ulong seed)
    {
        var registers = new byte[registerCount];
        for (var n = 0; n < count; n++)
            DistinctCount.Add(registers, StableHash.Of(BitConverter.GetBytes(n), seed));
        return DistinctCount.Estimate(registers);
    }
}
