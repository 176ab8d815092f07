using DToC.Twin.Definitions;

namespace DToC.Twin.Simulation;

/// <summary>What a scenario makes of a world for all customers alike, week by week.</summary>
internal sealed class WorldScenario
{
    private readonly World _world;
    private readonly Scenario _scenario;

    public WorldScenario(World world, Scenario scenario, int weeks, ReadOnlySpan<double> shocks)
    {
        (_world, _scenario) = (world, scenario);
        Prices = new PriceWeeks(
            world.Premises.Categories, scenario, weeks, world.Premises.Simulation.IsLiftWhole);
        SatisfactionShift = Shift(weeks);
        var (orders, leaving) = (shocks.ToArray(), new double[weeks]);
        for (var week = 0; week < weeks; week++)
        {
            orders[week] *= Factor(week);
            leaving[week] = Exp(AssumptionKind.SatisfactionOnLeaving, SatisfactionShift[week]);
        }
        PullForward(orders);
        (Orders, Leaving) = (new Accumulated(orders), new Accumulated(leaving));
        Served = [.. Enumerable.Range(0, weeks).Select(ServedIn)];
        Products = [.. scenario.Levers.OfType<Lever.Product>()];
    }

    /// <summary>Factors on the rate of orders, but for what differs between customers.</summary>
    public Accumulated Orders { get; }

    /// <summary>Factors on the hazard of leaving.</summary>
    public Accumulated Leaving { get; }

    /// <summary>Prices.</summary>
    public PriceWeeks Prices { get; }

    /// <summary>Share of orders that can be served, by week.</summary>
    public double[] Served { get; }

    /// <summary>By how much satisfaction lies beside the baseline's, by week.</summary>
    public double[] SatisfactionShift { get; }

    /// <summary>What is new.</summary>
    public Lever.Product[] Products { get; }

    /// <summary>The first week from one on in which all can be served; the number of weeks where none is.</summary>
    public int ServedAgain(int week)
    {
        while (week < Served.Length && Served[week] < 1) week++;
        return week;
    }

    private double Factor(int week)
    {
        var factor = Exp(AssumptionKind.SatisfactionOnOrders, SatisfactionShift[week]);
        foreach (var lever in _scenario.Levers)
        {
            if (!lever.Acts(week)) continue;
            factor *= lever switch
            {
                Lever.Promotion promotion => Exp(AssumptionKind.PromotionLift, promotion.Depth),
                Lever.Journey journey => Exp(AssumptionKind.StepOnOrders, journey.Steps),
                Lever.Demand demand => Exp(AssumptionKind.DemandOnOrders, Math.Log(demand.Index)),
                Lever.Competitor competitor => Exp(AssumptionKind.CompetitorOnOrders, Math.Log(competitor.Factor)),
                _ => 1,
            };
        }
        return factor;
    }

    /// <summary>
    /// Orders that a promotion won ahead of their time are missing afterwards, spread evenly over some weeks.
    /// </summary>
    private void PullForward(Span<double> orders)
    {
        foreach (var lever in _scenario.Levers)
        {
            if (lever is not Lever.Promotion promotion) continue;
            var won = (Exp(AssumptionKind.PromotionLift, promotion.Depth) - 1) * (lever.Until - lever.From);
            var pulled = promotion.PullForward ?? _world.ValueOf(AssumptionKind.PromotionPullForward);
            var span = Math.Max(1, (int)Math.Round(_world.ValueOf(AssumptionKind.PromotionPullWeeks)));
            var left = Math.Clamp(1 - won * pulled / span, 0, 1);
            for (var week = lever.Until; week < Math.Min(lever.Until + span, orders.Length); week++)
                orders[week] *= left;
        }
    }

    // While service is other, satisfaction is; afterwards what is left of it fades as satisfaction reverts to its mean.
    private double[] Shift(int weeks)
    {
        var (shift, filter) = (new double[weeks], _world.Premises.Satisfaction?.Filter);
        var left = filter is null ? 0 : filter.After(filter.Mean + 1, 0, 7).Mean - filter.Mean;
        for (var week = 0; week < weeks; week++)
        {
            var (sum, acts) = (0.0, false);
            foreach (var lever in _scenario.Levers)
            {
                if (lever is not Lever.ServiceLevel service || !lever.Acts(week)) continue;
                acts = true;
                if (service.Level != 0)
                    sum += service.Level * _world.ValueOf(AssumptionKind.ServiceOnSatisfaction);
                if (service.WaitingFactor != 1)
                    sum += Math.Log(service.WaitingFactor) * _world.ValueOf(AssumptionKind.WaitingOnSatisfaction);
            }
            shift[week] = acts ? sum : week == 0 ? 0 : left * shift[week - 1];
        }
        return shift;
    }

    private double ServedIn(int week)
    {
        var served = 1.0;
        foreach (var lever in _scenario.Levers)
        {
            if (lever is Lever.Scarcity scarcity && lever.Acts(week)) served *= scarcity.Served;
        }
        return served;
    }

    // Nothing to the power of something unknown is nothing: an effect that is not asked for needs no number.
    private double Exp(AssumptionKind kind, double amount) =>
        amount == 0 ? 1 : Math.Exp(_world.ValueOf(kind) * amount);
}
