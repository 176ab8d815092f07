using DToC.Twin.Definitions;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Simulation;

/// <summary>
/// All that a member draws in a world: what it is like, and for each of its orders what comes of it. Common random
/// numbers: each thing has a stream that hangs on seed, world and member alone, and what belongs to the n-th order is
/// kept, so that all scenarios see the same.
/// </summary>
internal sealed class MemberDraws(Premises premises, int weeks)
{
    private const int Few = 64;

    private readonly Xoshiro256 _random = new(1);
    private readonly Xoshiro256 _orders = new(1);
    private readonly Xoshiro256 _spend = new(1);
    private readonly double[] _level = new double[1];
    private OrderDraw[] _drawn = new OrderDraw[Few];
    private double[] _contacts = new double[Few];
    private int _orderCount;
    private double _shape;
    private ulong _seed;

    /// <summary>Streams of a member in a world; the numbers are of no meaning.</summary>
    private enum Stream : ulong
    {
        Alive = 1,
        Buyer,
        Orders,
        Spend,
        MeanSpend,
        Prices,
        Satisfaction,
        Contacts,
        Life,
        Adoption = 1_000,
        Own = 2_000,
        Category = 3_000,
    }

    /// <summary>What happens to an order, whichever it is.</summary>
    /// <param name="Gap">Time since the one before, in units of the mean.</param>
    /// <param name="Leave">In [0, 1): the customer leaves after it where this is below the probability.</param>
    /// <param name="Return">Likewise for sending it back.</param>
    /// <param name="Serve">Likewise for being served.</param>
    /// <param name="Lose">Likewise for being lost when it is not served.</param>
    /// <param name="Size">Its amount over the customer's mean.</param>
    internal readonly record struct OrderDraw(
        double Gap, double Leave, double Return, double Serve, double Lose, double Size);

    /// <summary>Satisfaction at the end of each week, but for what a scenario changes.</summary>
    public double[] Satisfaction { get; } = new double[weeks];

    /// <summary>Moments of contacts in weeks; as many as <see cref="Contacts"/> said.</summary>
    public ReadOnlySpan<double> ContactTimes => _contacts;

    /// <summary>Begins the draws of a member in a world.</summary>
    public void Begin(World world, ulong member)
    {
        _seed = StableHash.Combine(world.Seed, member);
        Reset(_orders, Stream.Orders);
        Reset(_spend, Stream.Spend);
        _shape = world.Spend?.P ?? 0;
        _orderCount = 0;
    }

    /// <summary>What comes of the n-th order, from 0.</summary>
    public ref readonly OrderDraw Order(int n)
    {
        while (_orderCount <= n)
        {
            if (_orderCount == _drawn.Length) Array.Resize(ref _drawn, 2 * _drawn.Length);
            _drawn[_orderCount++] = new OrderDraw(
                _orders.Exponential(), _orders.NextUnit(), _orders.NextUnit(), _orders.NextUnit(),
                _orders.NextUnit(), _shape > 0 ? _spend.Gamma(_shape, _shape) : 1);
        }
        return ref _drawn[n];
    }

    /// <summary>In [0, 1): the customer is there at the beginning where this is below the probability.</summary>
    public double Alive() => Reset(_random, Stream.Alive).NextUnit();

    public Buyer Buyer(World world, double x, double T) =>
        world.Purchases.DrawAlive(x, T, Reset(_random, Stream.Buyer));

    /// <summary>The length of a life of rate 1.</summary>
    public double Life() => Reset(_random, Stream.Life).Exponential();

    /// <summary>Mean amount of the customer's orders.</summary>
    public double MeanSpend(in GammaGamma spend, double x, double mean) =>
        spend.DrawMean(x, mean, Reset(_random, Stream.MeanSpend));

    /// <summary>The customer's elasticity of what is bought.</summary>
    public double Elasticity(World world, ReadOnlySpan<double> sums)
    {
        if (world.Prices is not { } prices) return Of(world, AssumptionKind.PriceOnUnits, double.NaN);
        // Sums that are of no purchases say nothing: the population stands in.
        Reset(_random, Stream.Prices);
        if (prices.Draw(sums, _random, _level)) return _level[0];
        Span<double> none = stackalloc double[sums.Length];
        none.Clear();
        Reset(_random, Stream.Prices);
        return prices.Draw(none, _random, _level) ? _level[0] : prices.Mean[1];
    }

    /// <summary>The customer's elasticity of a category of goods.</summary>
    public double Elasticity(World world, int category)
    {
        var (mean, plan) = (world.CategoryElasticities[category], premises.Categories[category].Elasticity);
        if (plan is not { Spread: > 0 }) return mean;
        return Within(plan.Trait, mean + plan.Spread * Reset(_random, Stream.Category + (ulong)category).Normal());
    }

    /// <summary>The customer's value of what is assumed: its own where there is one, and its draw around it.</summary>
    public double Of(World world, AssumptionKind kind, double own)
    {
        var (value, stated) = (world.ValueOf(kind), world.Premises.Assumed[(int)kind]);
        // How far the population's number may be off, the customer's own may be too.
        if (!double.IsNaN(own)) value += own - stated.Value;
        if (stated.Spread > 0) value += stated.Spread * Reset(_random, Stream.Own + (ulong)kind).Normal();
        return Within(stated.Trait, value);
    }

    /// <summary>Whether and when something new is adopted: in [0, 1), and weeks in units of the mean.</summary>
    public (double Chance, double Weeks) Adoption(int product)
    {
        var random = Reset(_random, Stream.Adoption + (ulong)product);
        return (random.NextUnit(), random.Exponential());
    }

    /// <summary>Draws the moments of contacts at a rate a week; how many come before the end.</summary>
    public int Contacts(double rate)
    {
        if (!(rate > 0)) return 0;
        var (random, at, count) = (Reset(_random, Stream.Contacts), 0.0, 0);
        while ((at += random.Exponential() / rate) < weeks)
        {
            if (count == _contacts.Length) Array.Resize(ref _contacts, 2 * _contacts.Length);
            _contacts[count++] = at;
        }
        return count;
    }

    /// <summary>Draws satisfaction week by week, from what is known of it now.</summary>
    public void Follow(ReadOnlySpan<double> inputs)
    {
        if (premises.Satisfaction is not { } model) return;
        Reset(_random, Stream.Satisfaction);
        model.Draw(inputs, _random, _level);
        var (mean, filter) = (model.Filter.Mean, model.Filter);
        var left = filter.After(mean + 1, 0, 7).Mean - mean;
        var deviation = Math.Sqrt(filter.After(0, 0, 7).Variance);
        var level = _level[0];
        for (var week = 0; week < weeks; week++)
        {
            level = mean + left * (level - mean) + (deviation > 0 ? deviation * _random.Normal() : 0);
            Satisfaction[week] = level;
        }
    }

    private Xoshiro256 Reset(Xoshiro256 random, Stream stream)
    {
        random.Reset(StableHash.Combine(_seed, (ulong)stream));
        return random;
    }

    private static double Within(AssumptionTrait trait, double value) => Math.Clamp(value, trait.Least, trait.Most);
}
