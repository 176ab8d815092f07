using DToC.Twin.Draws;
using DToC.Twin.Features;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Rules;

namespace DToC.Twin.Predictions;

/// <summary>
/// Says of scores how sure they are and why, from the vectors they were computed of: those of a twin that is read, or
/// those a decision has kept. A function of plan and vectors. Allocates; nothing of it runs in a turn.
/// </summary>
public sealed class Predictor
{
    /// <summary>Draws that intervals are taken from where a twin is shown; the ends are good to a twentieth.</summary>
    public const int FewDraws = 400;

    private readonly Vectors _vectors;
    private readonly int _count;
    private readonly Dictionary<int, double[]?> _draws = [];
    private Vectors? _nobody;

    /// <summary>Of vectors that are filled and scored. They are read later: they must not change.</summary>
    /// <param name="vectors">The vectors.</param>
    /// <param name="draws">Draws that intervals are taken from, where a model has no better way.</param>
    public Predictor(Vectors vectors, int draws = PredictiveModel.IntervalDraws)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        (_vectors, _count) = (vectors, draws);
    }

    private TwinPlan Plan => _vectors.Plan;

    /// <summary>A score with its interval and what it rests on, but without reasons.</summary>
    /// <param name="slot">Slot of the model.</param>
    /// <param name="level">Probability of the interval, in (0, 1).</param>
    public Prediction Predict(int slot, double level)
    {
        var (model, value) = (Plan.Models[slot], _vectors.Scores[slot]);
        var prediction = new Prediction(slot, value);
        if (!double.IsFinite(value)) return prediction;
        var missing = MissingOf(model);
        double? ownShare = model.Prior is not { } prior ? null
            // Without a score of its own the belief is all there is, whatever evidence was counted.
            : double.IsNaN(model.OwnScore(_vectors.Numbers, _vectors.Texts)) ? 0
            : prior.OwnShare(_vectors.Numbers);
        return prediction with
        {
            Interval = IntervalOf(slot, level),
            Missing = missing,
            Outside = OutsideOf(model),
            OwnShare = ownShare,
            Believed = model.Prior?.Believed(_vectors.Numbers, _vectors.Texts),
            IsThin = ownShare < 0.5 || missing.Count * 2 > model.Reads.Length,
        };
    }

    /// <summary>A score with its interval, what it rests on, and why it is what it is.</summary>
    /// <inheritdoc cref="Predict"/>
    public Prediction Explain(int slot, double level)
    {
        var prediction = Predict(slot, level);
        if (!double.IsFinite(prediction.Value)) return prediction;
        return Plan.Models[slot] switch
        {
            ModelPlan.OfModel of => With(prediction, of),
            ModelPlan.OfFormula of => With(prediction, of),
            _ => prediction,
        };
    }

    /// <summary>
    /// Draws of what a formula says, of an offer's propensity for example, from what is known of the scores it reads:
    /// those of one place are of one draw of all scores. Null where no score that it reads knows how sure it is.
    /// </summary>
    /// <param name="formula">A formula of the plan.</param>
    public IReadOnlyList<double>? Draw(Expression formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return DrawsOf(formula);
    }

    private Interval? IntervalOf(int slot, double level)
    {
        var model = Plan.Models[slot];
        if (model is ModelPlan.OfModel { Prior: null, Model: { HasExactInterval: true } exact } alone
            && !model.Reads.Any(r => DrawsAt(r) is not null))
        {
            return exact.IntervalOf(InputsOf(alone), level);
        }
        // Drawn once for all that read the score.
        return DrawsOf(slot) is { } draws
            ? Interval.Shortest(draws.AsSpan().ToArray(), level).Including(_vectors.Scores[slot])
            : null;
    }

    /// <summary>Draws of a score; null where its model does not know how sure it is.</summary>
    private double[]? DrawsOf(int slot)
    {
        if (_draws.TryGetValue(slot, out var known)) return known;
        var model = Plan.Models[slot];
        var random = new Xoshiro256(StableHash.Of(model.Name));
        double[]? draws = null;
        if (double.IsFinite(_vectors.Scores[slot]))
        {
            draws = model switch
            {
                ModelPlan.OfModel of => DrawsOf(of, random),
                ModelPlan.OfFormula of => DrawsOf(of.Expression),
                _ => null,
            };
            if (model.Prior is { } prior) draws = WithPrior(model, prior, draws, random);
        }
        return _draws[slot] = draws is not null && draws.All(double.IsFinite) ? draws : null;
    }

    private double[]? DrawsAt(int number)
    {
        var slot = number - Plan.Vector.FirstScore;
        return slot >= 0 && slot < Plan.Models.Length ? DrawsOf(slot) : null;
    }

    private double[]? DrawsOf(ModelPlan.OfModel model, Xoshiro256 random)
    {
        var inputs = InputsOf(model);
        var drawn = model.Reads.Select(DrawsAt).ToArray();
        var draws = new double[_count];
        if (drawn.All(d => d is null)) return model.Model.Draw(inputs, random, draws) ? draws : null;
        for (var k = 0; k < draws.Length; k++)
        {
            for (var i = 0; i < inputs.Length; i++) inputs[i] = drawn[i]?[k] ?? inputs[i];
            if (!model.Model.Draw(inputs, random, draws.AsSpan(k, 1))) draws[k] = model.Model.Score(inputs);
        }
        return draws;
    }

    private double[]? DrawsOf(Expression formula)
    {
        List<(int Slot, double[] Draws)> drawn = [];
        foreach (var slot in formula.NumbersRead)
        {
            if (DrawsAt(slot) is { } draws) drawn.Add((slot, draws));
        }
        if (drawn.Count == 0) return null;
        var numbers = _vectors.Numbers.ToArray();
        var values = new double[_count];
        for (var k = 0; k < values.Length; k++)
        {
            foreach (var (slot, draws) in drawn) numbers[slot] = draws[k];
            values[k] = formula.Evaluate(numbers, _vectors.Texts);
        }
        return values;
    }

    // The prior is a belief with a spread: a beta or gamma distribution of its mean, worth its weight in evidence.
    private double[] WithPrior(ModelPlan model, PriorPlan prior, double[]? own, Xoshiro256 random)
    {
        var believed = prior.Believed(_vectors.Numbers, _vectors.Texts);
        var alone = model.OwnScore(_vectors.Numbers, _vectors.Texts);
        var share = double.IsNaN(alone) ? 0 : prior.OwnShare(_vectors.Numbers);
        var isProbability = model is not ModelPlan.OfModel { Model.Scale: not ReasonScale.LogOdds }
            && believed is > 0 and < 1;
        var draws = new double[_count];
        for (var k = 0; k < draws.Length; k++)
        {
            var belief = isProbability ? random.Beta(believed * prior.Weight, (1 - believed) * prior.Weight)
                : believed > 0 ? random.Gamma(prior.Weight, prior.Weight / believed)
                : believed;
            draws[k] = share == 0 ? belief : share * (own?[k] ?? alone) + (1 - share) * belief;
        }
        return draws;
    }

    private Prediction With(Prediction prediction, ModelPlan.OfModel model)
    {
        var inputs = InputsOf(model);
        var why = model.Model.Explain(inputs);
        if (!double.IsFinite(why.Total)) return prediction;
        var reasons = new List<Reason>(inputs.Length);
        for (var i = 0; i < inputs.Length; i++)
            reasons.Add(new Reason(Plan.Vector.NumberNames[model.Reads[i]], inputs[i], why.Contributions[i]));
        return prediction with { Scale = why.Scale, Baseline = why.Baseline, Reasons = Sorted(reasons) };
    }

    /// <summary>A formula is compared with the same formula over one of whom nothing is known.</summary>
    private Prediction With(Prediction prediction, ModelPlan.OfFormula model)
    {
        var (numbers, texts) = (model.Expression.NumbersRead.ToArray(), model.Expression.TextsRead.ToArray());
        if (numbers.Length + texts.Length is 0 or > ShapleyValues.MaxInputs) return prediction;
        var nobody = _nobody ??= Nobody();
        var mixedNumbers = _vectors.Numbers.ToArray();
        var mixedTexts = _vectors.Texts.ToArray();
        // One input each: 1 for the customer's own value, 0 for nobody's.
        var own = Enumerable.Repeat(1.0, numbers.Length + texts.Length).ToArray();
        var parts = ShapleyValues.Of(own, new double[own.Length], isOwn =>
        {
            for (var i = 0; i < numbers.Length; i++)
                mixedNumbers[numbers[i]] = (isOwn[i] > 0 ? _vectors : nobody).Numbers[numbers[i]];
            for (var i = 0; i < texts.Length; i++)
                mixedTexts[texts[i]] = (isOwn[numbers.Length + i] > 0 ? _vectors : nobody).Texts[texts[i]];
            return model.Expression.Evaluate(mixedNumbers, mixedTexts);
        });
        var baseline = model.Expression.Evaluate(nobody.Numbers, nobody.Texts);
        if (!double.IsFinite(baseline) || !parts.All(double.IsFinite)) return prediction;
        var reasons = numbers
            .Select((slot, i) => new Reason(Plan.Vector.NumberNames[slot], _vectors.Numbers[slot], parts[i]))
            .Concat(texts.Select((slot, i) =>
                new Reason(Plan.Vector.TextNames[slot], double.NaN, parts[numbers.Length + i])));
        return prediction with
        {
            Scale = ReasonScale.Value, Baseline = baseline, Reasons = Sorted(reasons),
        };
    }

    // Somebody of whom nothing is known, at the same moment and under the same consents. A model that says nothing of
    // one without a history gives what its own reasons begin with: purchases to come, those of one who is new.
    private Vectors Nobody()
    {
        var nobody = new Vectors(Plan);
        FeatureReader.FillNobody(nobody, _vectors.Lawful);
        nobody.Numbers[Plan.Vector.NowHour] = _vectors.Numbers[Plan.Vector.NowHour];
        nobody.Numbers[Plan.Vector.NowWeekday] = _vectors.Numbers[Plan.Vector.NowWeekday];
        for (var slot = 0; slot < Plan.Models.Length; slot++)
        {
            // In order, as a later score may read an earlier one.
            Scorer.Score(nobody, slot);
            if (double.IsNaN(nobody.Scores[slot]) && Plan.Models[slot] is ModelPlan.OfModel model
                && Scorer.IsLawful(nobody, slot))
            {
                nobody.Scores[slot] = ReferenceOf(model);
            }
        }
        return nobody;
    }

    private double ReferenceOf(ModelPlan.OfModel model)
    {
        var why = model.Model.Explain(InputsOf(model));
        return why.Scale switch
        {
            ReasonScale.LogOdds => Logistic.Sigmoid(why.Baseline),
            ReasonScale.Log => Math.Exp(why.Baseline),
            _ => why.Baseline,
        };
    }

    private static List<Reason> Sorted(IEnumerable<Reason> reasons) =>
        [.. reasons.OrderByDescending(reason => Math.Abs(reason.Contribution))];

    private double[] InputsOf(ModelPlan.OfModel model)
    {
        var inputs = new double[model.Reads.Length];
        model.ReadInto(_vectors.Numbers, inputs);
        return inputs;
    }

    private List<string> MissingOf(ModelPlan model) => [.. model.Reads
        .Where(slot => !double.IsFinite(_vectors.Numbers[slot])).Select(slot => Plan.Vector.NumberNames[slot])];

    private List<string> OutsideOf(ModelPlan model)
    {
        var outside = new List<string>();
        for (var i = 0; i < (model.Fitted?.Ranges.Count ?? 0); i++)
        {
            var slot = model.Reads[i];
            if (model.Fitted!.Ranges[i].IsOutside(_vectors.Numbers[slot])) // counted above
                outside.Add(Plan.Vector.NumberNames[slot]);
        }
        return outside;
    }
}
