using DToC.Twin;
using DToC.Twin.Draws;
using DToC.Twin.Models;

namespace DToC.Learn.Synthetic;

/// <summary>The latent parameters of one customer, all drawn before any event.</summary>
internal sealed class CustomerTraits
{
    private readonly PopulationProfile _profile;
    private readonly double[] _latents;

    public CustomerTraits(PopulationProfile profile, long index, Xoshiro256 random)
    {
        _profile = profile;
        Index = index;
        Id = profile.CustomerPrefix + index.ToString("D6");
        JoinedMs = (long)(random.NextUnit() * profile.JoinWithinDays * Instant.DayMs);
        PriceSensitivity = profile.PriceSensitivity?.Draw(random) ?? 0;
        SpendRate = profile.Spend is { } spend ? random.Gamma(spend.Q, spend.Gamma) : null;
        ChannelWeights = DrawChannels(profile, random);
        Home = random.Zipf(profile.Regions, 0.8);
        _latents = new double[profile.Latents.Count];
        for (var i = 0; i < _latents.Length; i++)
            _latents[i] = profile.Latents[i].Draw.Draw(random);
    }

    public long Index { get; }

    public string Id { get; }

    /// <summary>Joining, in milliseconds into the span.</summary>
    public long JoinedMs { get; }

    public double PriceSensitivity { get; }

    /// <summary>nu of the Gamma-Gamma model; null where there is no spend.</summary>
    public double? SpendRate { get; }

    public double? MeanSpend => _profile.Spend is { } spend ? spend.P / SpendRate : null;

    public double[] ChannelWeights { get; }

    /// <summary>Home region, and the number of the customer's usual shop, from 1.</summary>
    public int Home { get; }

    public string PreferredChannel => _profile.Channels[Array.IndexOf(ChannelWeights, ChannelWeights.Max())].Name;

    public IReadOnlyList<KeyValuePair<string, double>> Latents =>
        [.. _profile.Latents.Select((latent, i) => KeyValuePair.Create(latent.Name, _latents[i]))];

    /// <summary>The linear predictor of some loads.</summary>
    public double Sum(IReadOnlyList<Load> loads)
    {
        var sum = 0.0;
        for (var i = 0; i < loads.Count; i++)
            sum += loads[i].By * Latent(loads[i].Latent);
        return sum;
    }

    /// <summary>A probability moved by loads on the logit scale; 0 and 1 stay.</summary>
    public double Shift(double probability, IReadOnlyList<Load> loads)
    {
        if (loads.Count == 0 || probability is <= 0 or >= 1)
            return probability;
        var logit = Logistic.LogOddsOf(probability) + Sum(loads);
        return 1 / (1 + Math.Exp(-logit));
    }

    /// <summary>The customer's latent of a name.</summary>
    public double Latent(string name)
    {
        for (var i = 0; i < _latents.Length; i++)
        {
            if (_profile.Latents[i].Name == name)
                return _latents[i];
        }
        throw new InvalidOperationException($"The profile was checked, yet no latent is named '{name}'.");
    }

    private static double[] DrawChannels(PopulationProfile profile, Xoshiro256 random)
    {
        // A Dirichlet, as independent gammas; the scale does not matter to a draw by weight.
        var total = profile.Channels.Sum(channel => channel.Weight);
        return [.. profile.Channels.Select(channel => channel.Weight <= 0
            ? 0
            : random.Gamma(profile.ChannelConcentration * channel.Weight / total, 1))];
    }
}
