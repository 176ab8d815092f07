namespace DToC.Twin.Simulation;

/// <summary>What a member makes of prices: pieces, amount and cost of an order over today's.</summary>
internal sealed class MemberPrices(Premises premises)
{
    private readonly double[] _elasticities = new double[premises.Categories.Count + 1];
    private (double Pieces, double Amount, double Cost)[] _ofKey = new (double, double, double)[8];
    private PriceWeeks? _weeks;

    private World? _world;
    private MemberDraws? _draws;
    private MemberReading? _member;
    private bool _areDrawn;

    /// <summary>Begins with a member in a world; elasticities are drawn when a price has moved.</summary>
    public void Begin(World world, MemberDraws draws, MemberReading member) =>
        (_world, _draws, _member, _areDrawn) = (world, draws, member, false);

    /// <summary>Takes the prices of a scenario.</summary>
    public void Take(PriceWeeks weeks)
    {
        _weeks = weeks;
        if (_ofKey.Length < weeks.Keys) Array.Resize(ref _ofKey, weeks.Keys);
        for (var key = 0; key < weeks.Keys; key++) _ofKey[key] = OfKey(weeks, key);
    }

    /// <summary>Factors on the pieces of an order, on its amount, and on what its pieces cost us.</summary>
    public (double Pieces, double Amount, double Cost) Of(int week) =>
        _weeks is { } weeks ? _ofKey[weeks.Key(week)] : (1, 1, 1);

    private (double Pieces, double Amount, double Cost) OfKey(PriceWeeks weeks, int key)
    {
        var (pieces, amount, shares) = (0.0, 0.0, weeks.Shares);
        if (weeks.IsToday(key)) return (1, 1, 1);
        Draw();
        for (var category = 0; category < shares.Length; category++)
        {
            var log = weeks.LogReal(key, category);
            var bought = shares[category] * (log == 0 ? 1 : Math.Exp(_elasticities[category] * log));
            pieces += bought;
            amount += bought * weeks.Money(key, category);
        }
        return (pieces, amount, pieces * weeks.Cost(key));
    }

    private void Draw()
    {
        if (_areDrawn || _world is null || _draws is null || _member is null) return;
        _areDrawn = true;
        var all = _draws.Elasticity(_world, _member.Prices);
        for (var category = 0; category < _elasticities.Length - 1; category++)
        {
            var own = _draws.Elasticity(_world, category);
            _elasticities[category] = double.IsNaN(own) ? all : own;
        }
        _elasticities[^1] = all;
    }
}
