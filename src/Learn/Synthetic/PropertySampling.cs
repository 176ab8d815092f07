using DToC.Twin.Draws;
using DToC.Twin;

namespace DToC.Learn.Synthetic;

/// <summary>What a property may depend on besides the draw.</summary>
/// <param name="Random">Where draws come from.</param>
/// <param name="Traits">The customer.</param>
/// <param name="Spend">How spend varies; null where there is none.</param>
/// <param name="AtMs">Time of the event in milliseconds into the span.</param>
/// <param name="Depth">Discount of that day.</param>
/// <param name="Serial">Number of this event among the customer's, from 1, in order of drawing.</param>
/// <param name="Parent">Properties of the event that brought it about; empty without one.</param>
/// <param name="Occurrence">Which one of several dependent events this is, from 0.</param>
internal readonly record struct SamplingScene(
    Xoshiro256 Random,
    CustomerTraits Traits,
    SpendPrior? Spend,
    long AtMs,
    double Depth,
    int Serial,
    IReadOnlyList<Property> Parent,
    int Occurrence);

/// <summary>Draws the properties of one event.</summary>
internal static class PropertySampling
{
    private const int MaxBasketLines = 20;
    private const double MostByWeight = 1e6;

    public static IReadOnlyList<Property> Draw(IReadOnlyList<PropertySampler> samplers, in SamplingScene scene)
    {
        var properties = new List<Property>(samplers.Count + 1);
        var depth = scene.Depth;
        foreach (var sampler in samplers)
        {
            if (sampler is PropertySampler.Basket basket)
            {
                AddLines(basket.Name, basket.TotalName, basket.DiscountName, DrawBasket(basket, scene));
            }
            else if (sampler is PropertySampler.Demand demand)
            {
                AddLines(demand.Name, demand.TotalName, demand.DiscountName, [DrawDemand(demand, scene)]);
            }
            else if (DrawOne(sampler, scene) is { } value)
            {
                properties.Add(new(sampler.Name, value));
            }
        }
        return properties;

        void AddLines(string name, string totalName, string? discountName, IReadOnlyList<BasketLine> lines)
        {
            var total = Math.Round(lines.Sum(line => line.Quantity * line.Price), 2);
            properties.Add(new(totalName, new PropertyValue.Number(total)));
            if (discountName is not null && depth > 0)
                properties.Add(new(discountName, Amount((double)total * depth / (1 - depth))));
            properties.Add(new(name, new PropertyValue.Basket(lines)));
        }
    }

    private static BasketLine DrawDemand(PropertySampler.Demand demand, in SamplingScene scene)
    {
        var rank = scene.Random.Zipf(demand.Products, 1.05);
        var paid = demand.Price.Draw(scene.Random) * (1 - scene.Depth);
        var logQuantity = Math.Log(demand.Quantity) + scene.Traits.Sum(demand.Loads)
            + scene.Traits.Latent(demand.Elasticity) * Math.Log(paid / demand.Price.Mean)
            + demand.Sigma * scene.Random.Normal();
        var quantity = Math.Max(0.01m, Math.Round((decimal)Math.Min(Math.Exp(logQuantity), MostByWeight), 2));
        var category = demand.Categories[rank % demand.Categories.Count];
        return new(TokenOf("p-", rank), category, quantity, Math.Max(0.01m, Math.Round((decimal)paid, 2)));
    }

    private static PropertyValue? DrawOne(PropertySampler sampler, in SamplingScene scene) => sampler switch
    {
        PropertySampler.Text text => new PropertyValue.Text(text.Value),
        PropertySampler.Serial serial =>
            new PropertyValue.Text($"{serial.Prefix}{scene.Traits.Index:D6}-{scene.Serial}"),
        PropertySampler.Token token =>
            new PropertyValue.Text(TokenOf(token.Prefix, scene.Random.Zipf(token.Count, token.Exponent))),
        PropertySampler.Choice choice => new PropertyValue.Text(choice.Values[scene.Random.Index(choice.Weights)]),
        PropertySampler.Flag flag => new PropertyValue.Flag(
            scene.Random.NextUnit() < scene.Traits.Shift(flag.Probability, flag.Loads)),
        PropertySampler.Number number => DrawNumber(number, scene),
        PropertySampler.Money money => Amount(scene.Traits.MeanSpend!.Value * money.Share // checked: there is spend
            * Math.Exp(money.Sigma * scene.Random.Normal() - money.Sigma * money.Sigma / 2)),
        PropertySampler.Spend => Amount(DrawSpend(scene)),
        PropertySampler.Elapsed elapsed => new PropertyValue.Number(
            (long)Math.Max(0, elapsed.PerDay * (scene.AtMs - scene.Traits.JoinedMs) / Instant.DayMs)),
        PropertySampler.Copy copy => CopyOf(copy, scene.Parent),
        PropertySampler.Pick pick => PickOf(pick, scene.Parent, scene.Occurrence),
        _ => throw new InvalidOperationException($"No way to draw a {sampler.GetType().Name}."),
    };

    private static PropertyValue.Number DrawNumber(PropertySampler.Number number, in SamplingScene scene)
    {
        var weeks = (scene.AtMs - scene.Traits.JoinedMs) / (7.0 * Instant.DayMs);
        var value = number.Draw.Draw(scene.Random) + scene.Traits.Sum(number.Loads) + number.DriftPerWeek * weeks;
        var within = Math.Clamp(value, number.Min, number.Max);
        return new PropertyValue.Number(Math.Round((decimal)within, number.Decimals));
    }

    private static double DrawSpend(in SamplingScene scene) =>
        scene.Random.Gamma(scene.Spend!.P, scene.Traits.SpendRate!.Value); // checked: there is spend

    private static PropertyValue.Number Amount(double money) =>
        new(Math.Max(0.01m, Math.Round((decimal)money, 2)));

    private static List<BasketLine> DrawBasket(PropertySampler.Basket basket, in SamplingScene scene)
    {
        var amount = DrawSpend(scene) * (1 - scene.Depth);
        var count = Math.Min(MaxBasketLines, 1 + scene.Random.Poisson(basket.MoreLines));
        var shares = new double[count];
        for (var i = 0; i < count; i++)
            shares[i] = 0.25 + scene.Random.Exponential();
        var whole = shares.Sum();
        var lines = new List<BasketLine>(count);
        for (var i = 0; i < count; i++)
        {
            var rank = scene.Random.Zipf(basket.Products, basket.Exponent);
            var quantity = 1 + scene.Random.Poisson(0.3);
            var price = Math.Max(0.01m, Math.Round((decimal)(amount * shares[i] / whole / quantity), 2));
            var category = basket.Categories[rank % basket.Categories.Count];
            var brand = basket.Brands.Count == 0 ? null : basket.Brands[rank % basket.Brands.Count];
            lines.Add(new(TokenOf("p-", rank), category, quantity, price, brand));
        }
        return lines;
    }

    private static PropertyValue? CopyOf(PropertySampler.Copy copy, IReadOnlyList<Property> parent)
    {
        foreach (var (name, value) in parent)
        {
            if (name != copy.From)
                continue;
            return value is PropertyValue.Number number && copy.Scale != 1
                ? new PropertyValue.Number(Math.Round(number.Value * (decimal)copy.Scale, 2))
                : value;
        }
        return null;
    }

    private static PropertyValue? PickOf(PropertySampler.Pick pick, IReadOnlyList<Property> parent, int occurrence)
    {
        foreach (var (name, value) in parent)
        {
            if (name != pick.From || value is not PropertyValue.Basket basket)
                continue;
            var line = basket.Lines[occurrence % basket.Lines.Count];
            return pick.Field switch
            {
                "product_id" => new PropertyValue.Text(line.ProductId),
                "category" => new PropertyValue.Text(line.Category),
                "quantity" => new PropertyValue.Number(line.Quantity),
                _ => new PropertyValue.Number(line.Price),
            };
        }
        return null;
    }

    private static string TokenOf(string prefix, int rank) => prefix + rank.ToString("D4");
}
