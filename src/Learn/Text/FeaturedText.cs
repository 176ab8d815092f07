using DToC.Twin.Models;
using DToC.Twin.Models.Text;

namespace DToC.Learn.Text;

/// <summary>A rated text by its features.</summary>
internal sealed class FeaturedText
{
    public FeaturedText(RatedSample sample, double sharpness)
    {
        var features = new uint[SentimentFeatures.MaxFeatures];
        Features = features[..SentimentFeatures.Of(sample.Text, features)];
        Rating = sample.Rating;
        Target = Logistic.Sigmoid(sharpness * sample.Rating);
    }

    /// <summary>Its features, repeated ones as often as they come.</summary>
    public uint[] Features { get; }

    /// <summary>From -1 to 1.</summary>
    public double Rating { get; }

    /// <summary>The probability that the model is to say.</summary>
    public double Target { get; }

    /// <summary>Places of its features in an ascending list; those that are not in it are left out.</summary>
    public int[] Known(uint[] features)
    {
        var known = new List<int>(Features.Length);
        foreach (var feature in Features)
        {
            var at = Array.BinarySearch(features, feature);
            if (at >= 0) known.Add(at);
        }
        return [.. known];
    }
}
