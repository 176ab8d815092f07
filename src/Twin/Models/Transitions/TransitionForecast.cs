using System.Text.Json;
using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Twin.Models.Transitions;

/// <summary>What a <see cref="TransitionForecast"/> is about.</summary>
public enum TransitionSubject
{
    /// <summary>Which event follows on the last one.</summary>
    Events,

    /// <summary>Which journey stage follows on the present one.</summary>
    Stages,
}

/// <summary>
/// What comes next, and when: a Markov renewal process (R. Pyke, "Markov Renewal Processes", Annals of Mathematical
/// Statistics 32, 1961). What follows depends on what there is now, by probabilities with a Dirichlet posterior; so
/// does the time until then, by a distribution fitted with its censored waits. The two are taken for independent.
/// The value is the probability that one named thing, or anything, comes next and within a horizon, given the time
/// waited.
/// </summary>
/// <remarks>
/// Inputs are the <see cref="NameCode"/> of what there is now and the days since. Of a name that the model does not
/// know, or a time that is missing, there is no value.
/// </remarks>
public sealed class TransitionForecast : PredictiveModel
{
    /// <summary>Word of the stored form of one about events.</summary>
    public const string EventsWord = "next-event";

    /// <summary>Word of the stored form of one about stages.</summary>
    public const string StagesWord = "next-stage";

    private const double Surest = 1e-15;

    private readonly string[] _names;
    private readonly TransitionRow[] _rows;
    private readonly double[] _codes;
    private readonly int _target;
    private readonly double _typical;

    /// <summary>A forecast.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="inputs">Names of two inputs: code, days.</param>
    /// <param name="names">What may come.</param>
    /// <param name="rows">What there may be now, each once.</param>
    /// <param name="horizonDays">Days ahead, above 0.</param>
    /// <param name="target">What the value is about; null for anything.</param>
    /// <exception cref="ArgumentException">They do not make a model.</exception>
    public TransitionForecast(
        TransitionSubject subject, IReadOnlyList<string> inputs, IReadOnlyList<string> names,
        IReadOnlyList<TransitionRow> rows, double horizonDays, string? target = null)
        : base(inputs)
    {
        (Subject, _names, _rows, HorizonDays, Target) = (subject, [.. names], [.. rows], horizonDays, target);
        _target = target is null ? -1 : Array.IndexOf(_names, target);
        if (Validate() is { } wrong) throw new ArgumentException(wrong, nameof(rows));
        _codes = [.. _rows.Select(row => NameCode.Of(row.From))];
        var total = _rows.Sum(row => row.Total);
        _typical = total > 0 ? _rows.Sum(row => row.Total * Value(row, 0)) / total : 0;
    }

    /// <summary>What it is about.</summary>
    public TransitionSubject Subject { get; }

    /// <summary>What may come.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>What there may be now.</summary>
    public IReadOnlyList<TransitionRow> Rows => _rows;

    /// <summary>Days ahead.</summary>
    public double HorizonDays { get; }

    /// <summary>What the value is about; null for anything.</summary>
    public string? Target { get; }

    /// <inheritdoc/>
    public override string Kind => Subject == TransitionSubject.Events ? EventsWord : StagesWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.LogOdds;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) =>
        RowOf(inputs) is { } row ? Value(row, inputs[1]) : double.NaN;

    /// <summary>All that may come next, the likeliest first; none when there is no value.</summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="level">Probability of the intervals, in (0, 1).</param>
    public IReadOnlyList<TransitionChance> Chances(ReadOnlySpan<double> inputs, double level)
    {
        if (RowOf(inputs) is not { Total: > 0 } row) return [];
        var (waited, chances) = (inputs[1], new List<TransitionChance>());
        var within = row.Within(waited, HorizonDays);
        for (var i = 0; i < _names.Length; i++)
        {
            if (row.Weights[i] == 0) continue;
            var draws = new double[IntervalDraws];
            Draw(row, i, waited, new Xoshiro256(StableHash.Of(_names[i])), draws);
            var next = row.Weights[i] / row.Total;
            var interval = Interval.Shortest(draws, level).Including(next * within);
            chances.Add(new TransitionChance(_names[i], next, next * within, interval));
        }
        return [.. chances.OrderByDescending(chance => chance.Next)];
    }

    /// <summary>
    /// When the next one comes, by the most probable family of waits; null when there is no value.
    /// </summary>
    /// <param name="inputs">As for <see cref="Score"/>.</param>
    /// <param name="level">The probability that it comes in the range, in (0, 1).</param>
    public TransitionTime? When(ReadOnlySpan<double> inputs, double level)
    {
        if (RowOf(inputs) is not { Total: > 0 } row) return null;
        var (waited, wait) = (inputs[1], row.Waits[0]);
        var time = new TransitionTime(
            wait.QuantileAfter(waited, 0.5), wait.QuantileAfter(waited, (1 - level) / 2),
            wait.QuantileAfter(waited, (1 + level) / 2), level);
        return double.IsFinite(time.High) ? time : null;
    }

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (RowOf(inputs) is not { } row) return false;
        Draw(row, _target, inputs[1], random, draws);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Against the mean of all that there may be now, weighted by what followed on them: first what it is, then that it
    /// is not of this moment.
    /// </remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var baseline = LogOdds(_typical);
        if (RowOf(inputs) is not { } row) return new Explanation(Scale, baseline, [0, 0]);
        var fresh = LogOdds(Value(row, 0));
        return new Explanation(Scale, baseline, [fresh - baseline, LogOdds(Value(row, inputs[1])) - fresh]);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("horizonDays", HorizonDays);
        if (Target is not null) writer.WriteString("target", Target);
        writer.WriteTexts("names", _names);
        writer.WriteStartArray("rows");
        foreach (var row in _rows)
        {
            writer.WriteStartObject();
            writer.WriteString("from", row.From);
            writer.WriteNumbers("weights", row.Weights);
            writer.WriteStartArray("waits");
            foreach (var wait in row.Waits) wait.Write(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>Makes a model about events of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static TransitionForecast ReadEvents(IReadOnlyList<string> inputs, ModelFields parameters) =>
        Read(TransitionSubject.Events, inputs, parameters);

    /// <summary>Makes a model about stages of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static TransitionForecast ReadStages(IReadOnlyList<string> inputs, ModelFields parameters) =>
        Read(TransitionSubject.Stages, inputs, parameters);

    private static TransitionForecast Read(
        TransitionSubject subject, IReadOnlyList<string> inputs, ModelFields parameters) => new(
        subject, inputs, parameters.Texts("names"), [.. parameters.List("rows").Select(RowOf)],
        parameters.Number("horizonDays"), parameters.TextOrNull("target"));

    private static TransitionRow RowOf(ModelFields row)
    {
        var read = new TransitionRow(
            row.Text("from"), row.Numbers("weights"), [.. row.List("waits").Select(WaitingTime.Read)]);
        row.End();
        return read;
    }

    private string? Validate()
    {
        if (Inputs.Count != 2) return $"{Inputs.Count} inputs; there must be a code and days";
        if (Target is not null && _target < 0) return $"'{Target}' is none of the names";
        if (_rows.Select(row => row.From).Distinct(StringComparer.Ordinal).Count() != _rows.Length)
            return "a row is there twice";
        foreach (var row in _rows)
        {
            if (row.Weights.Count != _names.Length)
                return $"'{row.From}' has {row.Weights.Count} weights for {_names.Length} names";
            if (row.Weights.Any(weight => !(weight >= 0 && weight <= 1e12)))
                return $"'{row.From}' has a weight that is no finite number from 0";
            if (row.Waits.Select(wait => wait.Validate()).FirstOrDefault(wrong => wrong is not null) is { } wrong)
                return $"'{row.From}': {wrong}";
            if (Math.Abs(row.Waits.Sum(wait => wait.Share) - 1) > 1e-9)
                return $"'{row.From}' has waits whose shares do not sum to 1";
        }
        return ModelParameter.Check("horizonDays", HorizonDays, 36_500);
    }

    private TransitionRow? RowOf(ReadOnlySpan<double> inputs)
    {
        if (!(inputs[1] >= 0 && double.IsFinite(inputs[1]))) return null;
        var row = Array.IndexOf(_codes, inputs[0]);
        return row < 0 ? null : _rows[row];
    }

    private double Value(TransitionRow row, double waited) => row.Total > 0
        ? (_target < 0 ? 1 : row.Weights[_target] / row.Total) * row.Within(waited, HorizonDays)
        : 0;

    private void Draw(TransitionRow row, int target, double waited, Xoshiro256 random, Span<double> draws)
    {
        foreach (ref var draw in draws)
        {
            // One cell of a Dirichlet against all others is a beta.
            var (own, others) = target < 0 ? (row.Total, 0) : (row.Weights[target], row.Total - row.Weights[target]);
            var next = own == 0 ? 0 : others <= 0 ? 1 : ConjugateDraws.Beta(random, own, others);
            draw = next * row.DrawWithin(waited, HorizonDays, random);
        }
    }

    private static double LogOdds(double probability) =>
        Logistic.LogOddsOf(Math.Clamp(probability, Surest, 1 - Surest));
}
