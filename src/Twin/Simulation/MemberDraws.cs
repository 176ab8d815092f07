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
    private readonly PoissonTimes _contacts = new(weeks);
    private readonly PoissonTimes _answers = new(weeks);
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
        Answers,
        Requests,
        Adoption = 1_000,
        Own = 2_000,
        Category = 3_000,
        AnswerNoise = 100_000,
        Stage = 200_000,
        Taking = 1_000_000,
        Winning = 2_000_000,
        Extra = 3_000_000,
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

    /// <summary>Moments of contacts, in weeks.</summary>
    public ReadOnlySpan<double> ContactTimes => _contacts.Times;

    /// <summary>How many contacts there are.</summary>
    public int ContactCount => _contacts.Times.Length;

    /// <summary>Moments of answers to surveys, in weeks.</summary>
    public ReadOnlySpan<double> AnswerTimes => _answers.Times;

    /// <summary>How many answers there are.</summary>
    public int AnswerCount => _answers.Times.Length;

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

    /// <summary>Draws the moments of contacts at a rate a week.</summary>
    public void Contact(double rate) => _contacts.Draw(Reset(_random, Stream.Contacts), rate);

    /// <summary>Draws the moments of answers at a rate a week.</summary>
    public void Answer(double rate) => _answers.Draw(Reset(_random, Stream.Answers), rate);

    /// <summary>When a customer first asks for an offer, as a share of the time from one to the next.</summary>
    public double Phase() => Reset(_random, Stream.Requests).NextUnit();

    /// <summary>Which stage follows on the n-th that is entered in [0, 1), and when in (0, 1).</summary>
    public (double Which, double When) Stage(int n)
    {
        var random = Reset(_random, Stream.Stage + (ulong)n);
        return (random.NextUnit(), random.NextOpen());
    }

    /// <summary>What an answer is off by, of a standard normal.</summary>
    public double AnswerNoise(int n) => Reset(_random, Stream.AnswerNoise + (ulong)n).Normal();

    /// <summary>In [0, 1): an offer made in a week is taken where this is below the propensity.</summary>
    public double Taking(int offer, int week) => Unit(Stream.Taking, offer, week);

    /// <summary>In [0, 1): one that is taken is an order in addition where this is below the share.</summary>
    public double Winning(int offer, int week) => Unit(Stream.Winning, offer, week);

    /// <summary>What comes of an order that an offer has won.</summary>
    public OrderDraw Extra(int offer, int week)
    {
        var random = Reset(_random, Stream.Extra, offer, week);
        return new OrderDraw(
            0, 1, random.NextUnit(), random.NextUnit(), random.NextUnit(),
            _shape > 0 ? random.Gamma(_shape, _shape) : 1);
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

    private double Unit(Stream stream, int offer, int week) => Reset(_random, stream, offer, week).NextUnit();

    // By week and not by turn: in another scenario other offers may have been made before.
    private Xoshiro256 Reset(Xoshiro256 random, Stream stream, int offer, int week) =>
        Reset(random, stream + (ulong)(offer * SimulationLimits.Weeks + week));

    private Xoshiro256 Reset(Xoshiro256 random, Stream stream)
    {
        random.Reset(StableHash.Combine(_seed, (ulong)stream));
        return random;
    }

    private static double Within(AssumptionTrait trait, double value) => Math.Clamp(value, trait.Least, trait.Most);
}
