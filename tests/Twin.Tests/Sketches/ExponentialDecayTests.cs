using DToC.Twin.Sketches;
using FsCheck;
using FsCheck.Fluent;

namespace DToC.Twin.Tests.Sketches;

public class ExponentialDecayTests
{
    private const double HalfLifeMs = 7 * Instant.DayMs;

    [Fact]
    public void Factor_halves_with_each_half_life()
    {
        Assert.Equal(1, ExponentialDecay.Factor(0, HalfLifeMs));
        Assert.Equal(0.5, ExponentialDecay.Factor(HalfLifeMs, HalfLifeMs), 1e-15);
        Assert.Equal(0.125, ExponentialDecay.Factor(3 * HalfLifeMs, HalfLifeMs), 1e-15);
        Assert.Equal(0, ExponentialDecay.Factor(1e6 * HalfLifeMs, HalfLifeMs));
    }

    [Fact]
    public void Order_of_arrival_changes_nothing()
    {
        var amounts = Gen.Choose(-1_000, 1_000)
            .SelectMany(amount => Gen.Choose(0, 90 * 24)
                .Select(hour => (Amount: amount, At: hour * Instant.HourMs)))
            .ListOf();
        Prop.ForAll(amounts.ToArbitrary(), events =>
        {
            var now = 100 * Instant.DayMs;
            var inOrder = Sum(events.OrderBy(one => one.At), now);
            var absolute = events.Sum(one => Math.Abs((double)one.Amount));
            var direct = events.Sum(one => one.Amount * ExponentialDecay.Factor(now - one.At, HalfLifeMs));
            return Math.Abs(Sum(events, now) - inOrder) <= 1e-9 * absolute
                && Math.Abs(Sum(events.OrderByDescending(one => one.At), now) - inOrder) <= 1e-9 * absolute
                && Math.Abs(direct - inOrder) <= 1e-9 * absolute;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Empty_sum_is_zero_at_any_time()
    {
        Assert.Equal(0, ExponentialDecay.At(0, ExponentialDecay.Empty, 5, HalfLifeMs));
        Assert.Equal(ExponentialDecay.Empty, Instant.Never.UnixMs);
        Assert.Equal(3, Sum([(3, -5 * Instant.DayMs)], -5 * Instant.DayMs));
    }

    [Fact]
    public void Decaying_allocates_nothing()
    {
        var (value, reference, at) = (0.0, ExponentialDecay.Empty, 0L);
        Allocation.IsNone(() => ExponentialDecay.Add(ref value, ref reference, 1, at += 1_000, HalfLifeMs));
        Assert.InRange(value, 1_090, 1_100);
    }

    private static double Sum(IEnumerable<(int Amount, long At)> events, long now)
    {
        var (value, reference) = (0.0, ExponentialDecay.Empty);
        foreach (var (amount, at) in events)
            ExponentialDecay.Add(ref value, ref reference, amount, at, HalfLifeMs);
        return ExponentialDecay.At(value, reference, now, HalfLifeMs);
    }
}
