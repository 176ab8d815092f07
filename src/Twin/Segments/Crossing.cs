using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.Rules;
using DToC.Twin.State;

namespace DToC.Twin.Segments;

/// <summary>
/// A comparison of a feature that follows time by a known law with a constant: days since something, which grow, or a
/// decayed value, which goes to 0. Between two turns its outcome changes at most once, at a moment that is computed.
/// </summary>
public sealed class Crossing
{
    private readonly FeatureRead _feature;
    private readonly double _constant;
    private readonly bool _mayEqual;

    private Crossing(FeatureRead feature, double constant, bool mayEqual) =>
        (_feature, _constant, _mayEqual) = (feature, constant, mayEqual);

    /// <summary>Whether it begins anew when the journey's stage gives way.</summary>
    internal bool ReadsStage => _feature.Kind == FeatureKind.TimeInStage;

    /// <summary>The comparison as a crossing; null when it is none.</summary>
    internal static Crossing? Of(FeatureRead feature, Op op, double constant) => op switch
    {
        Op.Less or Op.GreaterOrEqual => new Crossing(feature, constant, mayEqual: false),
        Op.LessOrEqual or Op.Greater => new Crossing(feature, constant, mayEqual: true),
        _ => null,
    };

    /// <summary>Whether a feature follows time by a law known here.</summary>
    internal static bool Follows(FeatureRead feature) => feature.Kind switch
    {
        FeatureKind.Recency or FeatureKind.Age or FeatureKind.TimeInStage => true,
        FeatureKind.DecayedCount or FeatureKind.DecayedSum or FeatureKind.Bursts => true,
        FeatureKind.LastEvent => feature.Part == 1,
        FeatureKind.LatentLevel => feature.Operand == 2,
        _ => false,
    };

    /// <summary>
    /// When the comparison's outcome changes, were there no event: after <paramref name="now"/>, at most 1 ms late;
    /// <see cref="Instant.Never"/> for not at all.
    /// </summary>
    internal Instant At(CustomerState state, Instant now)
    {
        var at = _feature.Kind switch
        {
            FeatureKind.DecayedCount => Decayed(
                state, state.Reals[_feature.At.Reals], state.LastAt.UnixMs,
                state.Plan.Fold.HalfLivesMs[_feature.Operand]),
            FeatureKind.DecayedSum => Decayed(
                state, state.Reals[_feature.At.Reals] / _feature.Scale, state.LastAt.UnixMs,
                state.Plan.Fold.HalfLivesMs[_feature.Operand]),
            FeatureKind.Bursts => Decayed(
                state, state.Reals[_feature.At.Reals], state.Longs[_feature.At.Longs],
                state.Plan.Fold.Bursts[_feature.Operand].HalfLifeMs),
            FeatureKind.TimeInStage => Grown(Features.FeatureReader.Stage(state, now).EnteredAtMs),
            FeatureKind.LastEvent => Grown(state.Longs[_feature.At.Longs + _feature.Part]),
            FeatureKind.LatentLevel => state.Reals[_feature.At.Reals + 1] <= 0
                ? double.NaN : Grown(state.Longs[_feature.At.Longs]),
            _ => Grown(state.Longs[_feature.At.Longs]),
        };
        // Beyond what a moment can hold is as good as never.
        if (!(at > now.UnixMs) || at > Furthest) return Instant.Never;
        return new Instant((long)at);
    }

    private const double Furthest = 1e15;

    // (now - then) / day = c
    private double Grown(long thenMs)
    {
        if (thenMs == TouchpointEvent.Missing || _constant < 0) return double.NaN;
        var at = thenMs + _constant * Instant.DayMs;
        return _mayEqual ? Math.Floor(at) + 1 : Math.Ceiling(at);
    }

    // value * 2^(-(now - reference) / half-life) = c. A millisecond more covers the rounding of the logarithm.
    private double Decayed(CustomerState state, double value, long referenceMs, double halfLifeMs)
    {
        if (state.LastAt.IsNever || value == 0 || _constant == 0) return double.NaN;
        var ratio = value / _constant;
        return ratio < 1 ? double.NaN : Math.Ceiling(referenceMs + halfLifeMs * Math.Log2(ratio)) + 1;
    }
}
