using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Simulation;

/// <summary>
/// The path of one member in one world, through each scenario. It goes from order to order, not from week to week; sums
/// are put into the weeks they belong to.
/// </summary>
internal sealed class MemberPath
{
    private readonly ScenarioSet _scenarios;
    private readonly MemberReading _member;
    private readonly MemberDraws _draws;
    private readonly MemberPrices _prices;
    private readonly JourneyWalk _journey;
    private readonly Accumulated _own;
    private readonly double[] _ownFactors;
    private readonly MemberRules? _rules;
    private readonly long[] _outcomes;
    private readonly int _weeks;
    private readonly double _weeksOfPeriod;

    private World _world = null!; // set by Run before anything reads it
    private Tally _tally = null!; // likewise
    private Buyer _buyer;
    private bool _isThere;
    private bool _isStopped;
    private double _life;
    private double _meanSpend;
    private double _pieces;
    private double _returned;
    private double _margin;
    private double _leaving;
    private double _discount;

    public MemberPath(Premises premises, ScenarioSet scenarios, MemberReading member, MemberRules? rules)
    {
        (_scenarios, _member, _rules, _weeks) = (scenarios, member, rules, scenarios.Weeks);
        _draws = new MemberDraws(premises, _weeks);
        _prices = new MemberPrices(premises);
        _journey = new JourneyWalk(premises);
        (_ownFactors, _own) = (new double[_weeks], new Accumulated(new double[_weeks]));
        _outcomes = new long[scenarios.Count * Measures.Count];
        _weeksOfPeriod = premises.Simulation.UnitDays / 7;
    }

    public long Outcome(int scenario, Measure measure) => _outcomes[scenario * Measures.Count + (int)measure];

    public void Clear() => Array.Clear(_outcomes);

    public void Run(World world, Tally tally)
    {
        (_world, _tally, _isStopped) = (world, tally, false);
        Draw();
        if (!_isThere) tally.Count(MemberRemark.GoneBefore);
        if (_member.IsOutside) tally.Count(MemberRemark.OutsideFitted);
        if (_member.IsWithheld) tally.Count(MemberRemark.OwnWithheld);
        if (_rules is { IsHeldOut: true }) tally.Count(MemberRemark.HeldOut);
        for (var scenario = 0; scenario < _scenarios.Count; scenario++)
        {
            _discount = 0;
            _journey.Begin(world, tally, scenario, _member, _draws, _isThere);
            _rules?.Begin(world, scenario, _draws, _isThere);
            if (_isThere) Walk(scenario);
            AskRules(scenario, _weeks);
            _journey.End();
        }
        if (_isStopped) tally.Count(MemberRemark.TooManyOrders);
    }

    private void Draw()
    {
        var (x, tx, T) = _member.History;
        _draws.Begin(_world, _member.KeyHash);
        var alive = _world.Purchases.ProbabilityAlive(x, tx, T);
        // Parameters drawn so that they say nothing of this history leave it to those that were fitted.
        if (double.IsNaN(alive)) alive = _world.Premises.Purchases.ProbabilityAlive(x, tx, T);
        _isThere = _draws.Alive() < alive;
        if (!_isThere) return;
        _buyer = _draws.Buyer(_world, x, T);
        _life = _draws.Life();
        _meanSpend = _world.Spend is { } spend
            ? _draws.MeanSpend(spend, _member.Spend.X, _member.Spend.Mean)
            : Of(AssumptionKind.OrderValue);
        _pieces = Of(AssumptionKind.UnitsPerOrder);
        _returned = Of(AssumptionKind.ReturnRate);
        _margin = Of(AssumptionKind.MarginShare);
        _leaving = _world.Purchases.Leaving == Leaving.Never ? Of(AssumptionKind.LeavingPerWeek) : 0;
        _draws.Contact(Of(AssumptionKind.ContactsPerWeek));
        _draws.Answer(Of(AssumptionKind.AnswersPerWeek));
        _draws.Follow(_member.Satisfaction);
        _prices.Begin(_world, _draws, _member);
    }

    private void Walk(int scenario)
    {
        var world = _world.Scenarios[scenario];
        Add(scenario, 0, Measure.Active, 1);
        _prices.Take(world.Prices);
        var orders = OwnOrders(scenario, world);
        var left = _world.Purchases.Leaving == Leaving.AtPeriodStart
            ? WalkPeriods(scenario, world, orders)
            : WalkFreely(scenario, world, orders);
        AskRules(scenario, Math.Min(left, _weeks));
        _rules?.Leave();
        _journey.Leave(left);
        if (left < _weeks)
        {
            Add(scenario, (int)left, Measure.Active, -1);
            Add(scenario, (int)left, Measure.Churned, 1);
        }
        AddTimes(scenario, Measure.Contacts, _draws.ContactTimes, left);
        AddTimes(scenario, Measure.Answers, _draws.AnswerTimes, left);
        AddSatisfaction(scenario, world, left);
    }

    /// <summary>Orders at a rate; the moment of leaving, or one at or behind the end.</summary>
    private double WalkFreely(int scenario, WorldScenario world, Accumulated orders)
    {
        var rate = _buyer.Rate / _weeksOfPeriod;
        var (left, isAfterPurchase) = (LeftAt(world), _world.Purchases.Leaving == Leaving.AfterPurchase);
        var (position, week) = (0.0, 0);
        for (var n = 0; ; n++)
        {
            ref readonly var order = ref _draws.Order(n);
            position += order.Gap / rate;
            if (!(position < orders.Total)) return left;
            var at = orders.Reached(position, ref week);
            if (at >= left) return left;
            if (IsStopped(n)) return left;
            AskRules(scenario, at);
            Order(scenario, order, week, at);
            if (isAfterPurchase && order.Leave < Hastened(_buyer.DropOut, world.Leaving[week])) return at;
        }
    }

    /// <summary>One opportunity a period; the moment of leaving, or the number of weeks.</summary>
    private double WalkPeriods(int scenario, WorldScenario world, Accumulated orders)
    {
        var (buys, leaves) = (Hazard(_buyer.Rate), Hazard(_buyer.DropOut));
        var (bought, left, n) = (0.0, 0.0, 0);
        for (var period = 0; ; period++)
        {
            var at = period * _weeksOfPeriod;
            // The last period must be there as a whole, but for rounding.
            if (at + _weeksOfPeriod > _weeks + 1e-9) return _weeks;
            var week = Math.Min((int)at, _weeks - 1);
            left += leaves * world.Leaving[week];
            if (left >= _life) return at;
            bought += orders[week] > 0 ? buys * orders[week] : 0;
            if (bought < _draws.Order(n).Gap) continue;
            if (IsStopped(n)) return _weeks;
            AskRules(scenario, at);
            Order(scenario, _draws.Order(n++), week, at);
            bought = 0;
        }
    }

    private double LeftAt(WorldScenario world)
    {
        var hazard = _world.Purchases.Leaving switch
        {
            Leaving.AtAnyTime => _buyer.DropOut / _weeksOfPeriod,
            Leaving.Never => _leaving,
            _ => 0,
        };
        var (reached, week) = (_life / hazard, 0);
        return reached < world.Leaving.Total ? world.Leaving.Reached(reached, ref week) : double.PositiveInfinity;
    }

    /// <summary>An order of the process, and what the decision rules make of it.</summary>
    private void Order(int scenario, in MemberDraws.OrderDraw order, int week, double at)
    {
        var discount = _discount;
        _discount = 0;
        if (Take(scenario, order, week, at, discount)) Answer(scenario, mayWin: true);
    }

    /// <summary>
    /// An order that the customer makes, whatever comes of it; whether decision rules were asked about it.
    /// </summary>
    private bool Take(int scenario, in MemberDraws.OrderDraw order, int week, double at, double discount)
    {
        var world = _world.Scenarios[scenario];
        _journey.Order(week, at);
        if (order.Serve >= world.Served[week])
        {
            if (order.Lose < _world.ValueOf(AssumptionKind.ScarcityLoss))
            {
                Add(scenario, week, Measure.Lost, 1);
                return false;
            }
            week = world.ServedAgain(week);
            if (week == _weeks) return false;
        }
        var (pieces, amount, cost) = _prices.Of(week);
        var spent = _meanSpend * order.Size;
        var revenue = Minor(spent * amount * (1 - discount));
        var margin = revenue - Minor(spent * cost * (1 - _margin));
        Add(scenario, week, Measure.Orders, 1);
        Add(scenario, week, Measure.UnitsMilli, (long)Math.Round(_pieces * pieces * 1e3));
        Add(scenario, week, Measure.RevenueMinor, revenue);
        var isReturned = order.Return < _returned;
        if (isReturned)
        {
            Add(scenario, week, Measure.Returns, 1);
            Add(scenario, week, Measure.RefundedMinor, revenue);
        }
        else
        {
            Add(scenario, week, Measure.MarginMinor, margin);
        }
        _rules?.Ordered(at, revenue / Measures.MinorPerUnit, isReturned);
        return _rules is not null;
    }

    /// <summary>Lets the decision rules run until a moment.</summary>
    private void AskRules(int scenario, double until)
    {
        if (_rules is null) return;
        while (_rules.Next(until)) Answer(scenario, mayWin: true);
    }

    /// <summary>
    /// What comes of the offers of the last moment. An order that an offer won is decided on as any other is, but what
    /// is taken then wins no further one.
    /// </summary>
    private void Answer(int scenario, bool mayWin)
    {
        if (_rules is not { Made: > 0 } rules) return;
        var (at, week) = (rules.At, Math.Min((int)rules.At, _weeks - 1));
        Add(scenario, week, Measure.Offers, rules.Made);
        Span<int> taken = stackalloc int[rules.Taken.Count];
        for (var i = 0; i < taken.Length; i++) taken[i] = rules.Taken[i];
        foreach (var offer in taken)
        {
            var effect = _world.Premises.Offers[offer];
            Add(scenario, week, Measure.Accepted, 1);
            Add(scenario, week, Measure.MarginMinor, -Minor(effect.Cost));
            if (!mayWin || _draws.Winning(offer, week) >= _world.OfferOrders[offer])
            {
                _discount = Math.Max(_discount, effect.Discount);
                continue;
            }
            if (Take(scenario, _draws.Extra(offer, week), week, at, effect.Discount)) Answer(scenario, mayWin: false);
        }
    }

    /// <summary>The scenario's factors on orders with what is the customer's own in them.</summary>
    private Accumulated OwnOrders(int scenario, WorldScenario world)
    {
        if (!world.Prices.IsMoved && world.Products.Length == 0) return world.Orders;
        var elasticity = world.Prices.IsMoved ? Of(AssumptionKind.PriceOnOrders) : 0;
        if (elasticity == 0 && world.Products.Length == 0) return world.Orders;
        var (key, factor) = (-1, 1.0);
        for (var week = 0; week < _weeks; week++)
        {
            if (elasticity != 0 && world.Prices.Key(week) != key)
            {
                key = world.Prices.Key(week);
                factor = Math.Exp(elasticity * world.Prices.LogIndex(key));
            }
            _ownFactors[week] = factor;
        }
        for (var product = 0; product < world.Products.Length; product++)
            Adopt(scenario, product, world.Products[product]);
        _own.Take(world.Orders, _ownFactors);
        return _own;
    }

    private void Adopt(int scenario, int product, Lever.Product lever)
    {
        var (chance, wait) = _draws.Adoption(product);
        if (chance >= Of(AssumptionKind.AdoptionShare) * _member.Keenness(scenario, product)) return;
        var at = lever.From + wait * _world.ValueOf(AssumptionKind.AdoptionWeeks);
        var until = Math.Min(lever.Until, _weeks);
        if (!(at < until)) return;
        Add(scenario, (int)at, Measure.Adopted, 1);
        for (var week = (int)at + 1; week < until; week++)
            _ownFactors[week] *= 1 + _world.ValueOf(AssumptionKind.AdoptionLift);
    }

    private void AddTimes(int scenario, Measure measure, ReadOnlySpan<double> times, double left)
    {
        foreach (var at in times)
        {
            if (at >= left) return;
            Add(scenario, (int)at, measure, 1);
        }
    }

    private void AddSatisfaction(int scenario, WorldScenario world, double left)
    {
        if (_world.Premises.Satisfaction is null) return;
        var until = left < _weeks ? (int)left : _weeks;
        for (var week = 0; week < until; week++)
        {
            var level = _draws.Satisfaction[week] + world.SatisfactionShift[week];
            Add(scenario, week, Measure.SatisfactionMicro, (long)Math.Round(level * 1e6));
        }
    }

    private bool IsStopped(int orders)
    {
        if (orders < SimulationLimits.OrdersPerMember) return false;
        _isStopped = true;
        return true;
    }

    private double Of(AssumptionKind kind) => _draws.Of(_world, kind, _member.Own(kind));

    private void Add(int scenario, int week, Measure measure, long value)
    {
        _tally.Add(scenario, week, measure, value);
        _outcomes[scenario * Measures.Count + (int)measure] += value;
    }

    private static long Minor(double amount) => (long)Math.Round(amount * Measures.MinorPerUnit);

    private static double Hazard(double probability) => -SpecialFunctions.Log1P(-probability);

    // A probability whose hazard is other by a factor.
    private static double Hastened(double probability, double factor) =>
        factor == 1 ? probability : -SpecialFunctions.ExpM1(factor * SpecialFunctions.Log1P(-probability));
}
