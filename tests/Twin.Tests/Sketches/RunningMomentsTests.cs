using DToC.Twin.Sketches;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Sketches;

public class RunningMomentsTests
{
    [Fact]
    public void Moments_equal_those_of_two_passes_also_far_from_zero()
    {
        foreach (var offset in new[] { 0, 1e9 })
        {
            double[] values = [offset + 4, offset + 7, offset + 13, offset + 16];
            var (count, mean, m2) = Of(values);
            Assert.Equal(4, count);
            Assert.Equal(offset + 10, mean, 1e-6);
            Assert.Equal(30, RunningMoments.Variance(count, m2), 1e-6);
        }
    }

    [Fact]
    public void Variance_below_two_values_is_not_a_number()
    {
        Assert.Equal(double.NaN, RunningMoments.Variance(0, 0));
        Assert.Equal(double.NaN, RunningMoments.Variance(1, 0));
        Assert.Equal(0, RunningMoments.Variance(2, 0));
    }

    [Fact]
    public void Merge_equals_one_stream() => Prop.ForAll((int[] left, int[] right) =>
    {
        var (count, mean, m2) = Of(left.Select(i => i / 8.0));
        var other = Of(right.Select(i => i / 8.0));
        var whole = Of(left.Concat(right).Select(i => i / 8.0));
        RunningMoments.Merge(ref count, ref mean, ref m2, other.Count, other.Mean, other.M2);
        return count == whole.Count && m2 >= 0
            && Math.Abs(mean - whole.Mean) <= 1e-9 && Math.Abs(m2 - whole.M2) <= 1e-9 * Math.Max(1, whole.M2);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Adding_allocates_nothing()
    {
        var (count, mean, m2) = (0.0, 0.0, 0.0);
        Allocation.IsNone(() =>
        {
            RunningMoments.Add(ref count, ref mean, ref m2, count % 7);
            RunningMoments.Merge(ref count, ref mean, ref m2, 2, 3, 0.5);
        });
        Assert.Equal(3_300, count);
    }

    private static (double Count, double Mean, double M2) Of(IEnumerable<double> values)
    {
        var (count, mean, m2) = (0.0, 0.0, 0.0);
        foreach (var value in values) RunningMoments.Add(ref count, ref mean, ref m2, value);
        return (count, mean, m2);
    }
}
